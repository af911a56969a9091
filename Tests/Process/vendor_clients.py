#!/usr/bin/env python3
"""Lets the vendors' own clients talk, unchanged, to the sandbox: their signatures are accepted, altered ones refused.

The clients come from PyPI into an environment of their own. What they accept as an answer is what the hub's connectors
are tested against, so the sandbox cannot drift from the real services unseen."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "Scripts")]
from hub import interrupt  # noqa: E402

BINARY = os.environ.get("HYDRANT_BINARY", str(ROOT / ".build/release/hydrant"))
PACKAGES = [
    "alibabacloud-dysmsapi20170525==4.6.0", "aliyun-python-sdk-core==2.16.1", "tencentcloud-sdk-python-sms==3.1.153",
]
ENVIRONMENT = ROOT / ".build-tools/vendor-clients"
PHONE = "13800000041"


def environment() -> pathlib.Path:
    """The Python of an environment that has the clients."""
    python = ENVIRONMENT / "bin/python"
    stamp = ENVIRONMENT / ("-".join(package.replace("==", "-") for package in PACKAGES) + ".stamp")
    if not stamp.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=True)
        done = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES],
            capture_output=True, text=True, check=False)
        if done.returncode != 0:
            # An address of a package server is nobody's business in a log.
            print(re.sub(r"[a-z+]+://\S+", "(address)", done.stderr[-2000:]), file=sys.stderr)
            raise SystemExit("vendor_clients: the clients could not be installed")
        stamp.touch()
    return python


class Sandbox:
    """`hydrant sandbox` with its document."""

    def __enter__(self) -> "Sandbox":
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([BINARY, "sandbox", "--seed", "5"], stdout=subprocess.PIPE, stderr=self.log)
        self.document = json.loads(self.process.stdout.readline())
        self.systems = {system["system"]: system for system in self.document["systems"]}
        return self

    def __exit__(self, *_) -> None:
        self.code = interrupt(self.process)
        self.log.close()

    def place(self, name: str) -> str:
        """Host and port."""
        return urllib.parse.urlsplit(self.systems[name]["url"]).netloc


def inside() -> int:
    """Runs in the environment: the clients against the sandbox."""
    # The clients exist only here.
    from alibabacloud_dysmsapi20170525.client import Client as AliyunClient
    from alibabacloud_dysmsapi20170525 import models as aliyun
    from alibabacloud_tea_openapi.models import Config
    from aliyunsdkcore.client import AcsClient
    from aliyunsdkcore.acs_exception.exceptions import ServerException
    from aliyunsdkcore.request import CommonRequest
    from tencentcloud.common import credential
    from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile
    from tencentcloud.sms.v20210111 import models as tencent
    from tencentcloud.sms.v20210111.sms_client import SmsClient

    failures = []

    def expect(condition, sentence):
        if not condition:
            failures.append(sentence)

    with Sandbox() as sandbox:
        ours = sandbox.systems["aliyun-sms"]["credentials"]
        theirs = sandbox.systems["tencent-sms"]["credentials"]

        def aliyun_client(key_secret):
            return AliyunClient(
                Config(
                    access_key_id=ours["accessKeyId"], access_key_secret=key_secret, protocol="http",
                    endpoint=sandbox.place("aliyun-sms"), region_id="cn-hangzhou"))

        def send(client, phone, reference):
            return client.send_sms(
                aliyun.SendSmsRequest(
                    phone_numbers=phone, sign_name="沧源滤清器", template_code="SMS_100005", out_id=reference,
                    template_param=json.dumps({"order": "SO 2026*11~22", "code": "K7 +!'()"}, ensure_ascii=False))).body

        good = aliyun_client(ours["accessKeySecret"])
        sent = send(good, PHONE, "SO-1/7/keeper.ask#SO-1-1")
        expect(sent.code == "OK" and sent.biz_id, f"Alibaba Cloud's client was not served: {sent}")
        details = good.query_send_details(
            aliyun.QuerySendDetailsRequest(
                phone_number=PHONE, send_date=china_day(), page_size=10, current_page=1)).body
        rows = details.sms_send_detail_dtos.sms_send_detail_dto
        expect([row.out_id for row in rows] == ["SO-1/7/keeper.ask#SO-1-1"], f"the list of sent texts: {rows}")
        again = send(good, PHONE, "SO-1/7/keeper.ask#SO-1-1")
        expect(again.code == "isv.BUSINESS_LIMIT_CONTROL", f"a second text within a minute: {again.code}")
        try:
            send(aliyun_client("wrong"), "13800000042", "x")
            expect(False, "a wrong secret of Alibaba Cloud's client was accepted")
        except Exception as error:  # the client's own classes differ between its releases
            expect("SignatureDoesNotMatch" in str(error), f"another refusal than of the signature: {error}")

        def old_request(key_secret):
            client = AcsClient(ours["accessKeyId"], key_secret, "cn-hangzhou")
            request = CommonRequest(domain=sandbox.place("aliyun-sms"), version="2017-05-25", action_name="SendSms")
            request.set_protocol_type("http")
            request.set_method("POST")
            for name, value in {
                "PhoneNumbers": "13800000043", "SignName": "沧源滤清器", "TemplateCode": "SMS_100001",
                "TemplateParam": '{"order":"SO 2026*11~22+"}', "OutId": "old",
            }.items():
                request.add_query_param(name, value)
            return json.loads(client.do_action_with_exception(request))

        expect(old_request(ours["accessKeySecret"])["Code"] == "OK", "the older client was not served")
        try:
            old_request("wrong")
            expect(False, "a wrong secret of the older client was accepted")
        except ServerException as error:
            expect("Signature" in str(error), f"another refusal than of the signature: {error}")

        def tencent_client(secret_key):
            profile = ClientProfile(
                httpProfile=HttpProfile(protocol="http", endpoint=sandbox.place("tencent-sms")))
            return SmsClient(credential.Credential(theirs["secretId"], secret_key), "ap-guangzhou", profile)

        def text(phone):
            request = tencent.SendSmsRequest()
            request.from_json_string(
                json.dumps({
                    "PhoneNumberSet": ["+86" + phone], "SmsSdkAppId": "1400006666", "SignName": "腾讯云",
                    "TemplateId": "1234", "TemplateParamSet": ["SO20261122", "一号仓"], "SessionContext": "mine",
                }))
            return request

        client = tencent_client(theirs["secretKey"])
        status = client.SendSms(text(PHONE)).SendStatusSet[0]
        expect(status.Code == "Ok" and status.SerialNo, f"Tencent's client was not served: {status}")
        pull = tencent.PullSmsSendStatusByPhoneNumberRequest()
        pull.BeginTime, pull.EndTime, pull.Offset, pull.Limit = now() - 600, now() + 600, 0, 100
        pull.PhoneNumber, pull.SmsSdkAppId = "+86" + PHONE, "1400006666"
        found = client.PullSmsSendStatusByPhoneNumber(pull).PullSmsSendStatusSet
        expect([row.SessionContext for row in found] == ["mine"], f"the list of sent texts: {found}")
        expect(client.SendSms(text(PHONE)).SendStatusSet[0].Code.startswith("LimitExceeded"), "no limit for a phone")
        try:
            tencent_client("wrong").SendSms(text("13800000044"))
            expect(False, "a wrong secret of Tencent's client was accepted")
        except TencentCloudSDKException as error:
            expect(error.get_code() == "AuthFailure.SignatureFailure", f"another refusal: {error}")

        altered(sandbox, good, expect)
    expect(sandbox.code == 0, f"the sandbox ended with {sandbox.code} on Ctrl-C")

    for failure in failures:
        print(f"failed: {failure}")
    print(f"vendor clients: {'failed' if failures else 'as they are, they are served; altered, they are refused'}")
    return 1 if failures else 0


def altered(sandbox: Sandbox, client, expect) -> None:
    """A request that the vendor's client signed, with one character of the text changed on the way."""
    from alibabacloud_dysmsapi20170525 import models as aliyun
    import requests

    sent = requests.Session.send
    caught = []

    def catch(session, request, **options):
        caught.append(request)
        return sent(session, request, **options)

    requests.Session.send = catch
    try:
        client.send_sms(
            aliyun.SendSmsRequest(
                phone_numbers="13800000045", sign_name="x", template_code="SMS_1", template_param='{"order":"SO-7"}'))
    finally:
        requests.Session.send = sent
    if not caught:
        expect(False, "the client's request could not be caught")
        return
    url = caught[0].url.replace("SO-7", "SO-8")
    expect(url != caught[0].url, "the text is not in the request's address")
    request = urllib.request.Request(url, data=caught[0].body or b"", method="POST")
    for name, value in caught[0].headers.items():
        if name.lower() not in ("content-length", "host"):
            request.add_header(name, value)
    try:
        urllib.request.urlopen(request, timeout=10)
        expect(False, "an altered request was accepted")
    except urllib.error.HTTPError as error:
        expect(b"SignatureDoesNotMatch" in error.read(), "an altered request was refused for another reason")


def now() -> int:
    import time

    return int(time.time())


def china_day() -> str:
    import datetime

    zone = datetime.timezone(datetime.timedelta(hours=8))
    return datetime.datetime.now(zone).strftime("%Y%m%d")


if __name__ == "__main__":
    if "--inside" in sys.argv:
        sys.exit(inside())
    clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    sys.exit(
        subprocess.run([environment(), __file__, "--inside"], env=clean, check=False).returncode)
