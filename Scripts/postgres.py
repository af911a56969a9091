"""A PostgreSQL cluster of its own for a script, ended with it; see postgres.sh. Python's standard library only."""

import pathlib
import subprocess

SCRIPT = pathlib.Path(__file__).resolve().parent / "postgres.sh"


class Cluster:
    """A server on a socket in its own folder, with one database for the hub."""

    def __init__(self, folder: pathlib.Path, *settings: str):
        self.process = subprocess.Popen(
            [SCRIPT, folder, *settings], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        parts = self.process.stdout.readline().split()
        if len(parts) != 3:
            self.process.wait()
            raise RuntimeError("no PostgreSQL server could be started; Scripts/setup.sh test installs it")
        self.folder, self.port, self.server = parts[0], parts[1], int(parts[2])
        self.sql("CREATE DATABASE hydrant", "postgres")

    @property
    def address(self) -> str:
        return f"postgres://hydrant@/hydrant?host={self.folder}&port={self.port}"

    def sql(self, text: str, database: str = "hydrant") -> list[list[str]]:
        """The rows of a statement as texts."""
        done = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-p", self.port,
             "-U", "hydrant", "-d", database, "-c", text], capture_output=True, text=True, check=True)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=60)
