"""A hub of its own for a script: started on a free port with a fresh database, spoken to over HTTP, killed or stopped.

Python's standard library only."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import re
import secrets
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("HYDRANT_BINARY", ROOT / ".build/release/hydrant"))


class HubFailure(Exception):
    """The hub did not do what it was started for."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def interrupt(process: subprocess.Popen) -> int:
    """Ctrl-C, and the end of patience after 30 s; returns the exit code."""
    process.send_signal(signal.SIGINT)
    try:
        return process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


class Hub:
    """One `hydrant serve` at a time, on the database of a folder or of a server."""

    def __init__(
        self, folder: pathlib.Path, binary: pathlib.Path = BINARY, database: str | None = None,
        arguments: tuple[str, ...] = (),
    ):
        """`arguments`: what `hydrant serve` gets beside its database and its secrets."""
        self.folder = folder
        self.binary = binary.resolve()
        self.database = database or folder / "hub.sqlite"
        self.token_file = folder / "token"
        self.secret_file = folder / "webhook-secret"
        self.log = folder / "hub.log"
        self.arguments = arguments
        self.port = free_port()
        self.process: subprocess.Popen | None = None
        self.key = secrets.token_bytes(32)
        self.secret_file.write_text("whsec_" + base64.b64encode(self.key).decode() + "\n")
        self.secret_file.chmod(0o600)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        return self.token_file.read_text().strip()

    def start(self, ready_within: float = 30) -> float:
        """Starts the hub and waits until it is ready; returns the seconds that took."""
        begun = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    self.binary, "serve", "--database", self.database, "--port", str(self.port),
                    "--token-file", self.token_file, "--webhook-secret-file", self.secret_file,
                    # Scripts sign people in by password alone, unless they say otherwise.
                    "--second-factor", "none", *self.arguments,
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder)
        while time.monotonic() - begun < ready_within:
            if self.process.poll() is not None:
                raise HubFailure(f"the hub ended with {self.process.returncode}:\n{self.log_end()}")
            if self.is_ready():
                return time.monotonic() - begun
            time.sleep(0.005)
        raise HubFailure(f"the hub was not ready within {ready_within} s:\n{self.log_end()}")

    def is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        """SIGKILL: no chance to finish anything."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM, as an operator stops it; returns its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, number: int) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        process.send_signal(number)
        try:
            return process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise HubFailure("the hub did not stop within 30 s") from None

    def memory_mebibytes(self) -> float:
        if self.process is None:
            return 0
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0

    def log_end(self, lines: int = 20) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def first_owner_link(self) -> str | None:
        """The link by which the first owner chooses a password, as the log tells it."""
        found = re.search(r"http://\S+/welcome\?code=\S+", self.log.read_text(errors="replace"))
        return found and found.group(0)

    def command(self, *arguments: str) -> dict:
        """Runs another command of the hub on the database and reads its JSON."""
        done = subprocess.run(
            [self.binary, *arguments, "--database", self.database], capture_output=True, text=True, check=False,
            cwd=self.folder)
        try:
            return json.loads(done.stdout)
        except json.JSONDecodeError:
            raise HubFailure(f"hydrant {arguments[0]} ended with {done.returncode}: {done.stderr[-2000:]}") from None

    def client(self) -> "Client":
        return Client(self)


class Client:
    """One connection that is kept open and opened again after the hub was gone."""

    def __init__(self, hub: Hub):
        self.hub = hub
        self.connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=20)

    def call(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None):
        """The status and the JSON of the answer. Raises OSError or HTTPException when no answer came."""
        all_headers = {"Authorization": f"Bearer {self.hub.token}", **(headers or {})}
        try:
            self.connection.request(method, path, body=body, headers=all_headers)
            response = self.connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise
        return response.status, json.loads(content) if content else None

    def post_facts(self, facts: list[dict]):
        """Posts facts, signed as Standard Webhooks ask for."""
        body = json.dumps(facts, separators=(",", ":"), ensure_ascii=False).encode()
        identifier = "msg_" + secrets.token_hex(12)
        timestamp = str(int(time.time()))
        signed = f"{identifier}.{timestamp}.".encode() + body
        signature = base64.b64encode(hmac.new(self.hub.key, signed, hashlib.sha256).digest()).decode()
        headers = {
            "Content-Type": "application/json", "webhook-id": identifier, "webhook-timestamp": timestamp,
            "webhook-signature": f"v1,{signature}",
        }
        return self.call("POST", "/v1/facts", body, headers)

    def close(self) -> None:
        self.connection.close()
