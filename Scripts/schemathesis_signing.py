"""Signs generated requests to /v1/facts as Standard Webhooks ask for and lets half of the good requests name what the hub
really has, so that they reach the code behind."""

import base64
import hashlib
import hmac
import os
import pathlib
import secrets
import time
import zlib

import requests
import schemathesis

from schemathesis_seed import SEEDED_ORDERS


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


def known(case, name: str, value: str):
    """Half of the good requests name something that is there: the others would only ever see 404 and 401."""
    return case.meta is not None and case.meta.generation.mode.is_positive and zlib.crc32(f"{name}{value}".encode()) % 2


@schemathesis.hook
def map_case(context, case):
    parameters = case.path_parameters or {}
    if "id" in parameters and known(case, "id", str(parameters["id"])):
        parameters["id"] = f"SEED-{zlib.crc32(str(parameters['id']).encode()) % SEEDED_ORDERS}"
    if "system" in parameters and known(case, "system", str(parameters["system"])):
        parameters["system"] = "sf" if "rest" in parameters else "wms"
        if "rest" in parameters:
            parameters["rest"] = os.environ["HYDRANT_PUSH_TOKEN"]
    if case.path == "/sign-in" and isinstance(case.body, dict) and known(case, "token", str(case.body)):
        case.body["token"] = pathlib.Path(os.environ["HYDRANT_TOKEN_FILE"]).read_text().strip()
    return case
