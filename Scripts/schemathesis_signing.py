"""Signs generated requests to /v1/facts as Standard Webhooks ask for, so that they reach the code behind the signature."""

import base64
import hashlib
import hmac
import os
import pathlib
import secrets
import time

import requests
import schemathesis


class WebhookSignature(requests.auth.AuthBase):
    """Signs the exact bytes that go out."""

    def __init__(self) -> None:
        text = pathlib.Path(os.environ["HYDRANT_WEBHOOK_SECRET_FILE"]).read_text().strip()
        self.key = base64.b64decode(text.removeprefix("whsec_"))

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body or b""
        if isinstance(body, str):
            body = body.encode()
        identifier = "msg_" + secrets.token_hex(12)
        timestamp = str(int(time.time()))
        signed = f"{identifier}.{timestamp}.".encode() + body
        digest = hmac.new(self.key, signed, hashlib.sha256).digest()
        request.headers["webhook-id"] = identifier
        request.headers["webhook-timestamp"] = timestamp
        request.headers["webhook-signature"] = "v1," + base64.b64encode(digest).decode()
        return request


schemathesis.auth.set_from_requests(WebhookSignature()).apply_to(path="/v1/facts")
