"""Databases on the tests' own PostgreSQL."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

import psycopg


@dataclass(frozen=True)
class PostgresServer:
    """A running server; ``url`` gives the address of one of its databases."""

    url: Callable[[str], str]

    def create(self, template: str = "template0") -> str:
        """The name of a new database, copied from ``template``."""
        name = f"t_{secrets.token_hex(8)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, command: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(command)  # type: ignore[call-overload]


def sqlalchemy_url(url: str) -> str:
    """The URL with the driver that this product uses."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
