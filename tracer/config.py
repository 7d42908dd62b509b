"""Settings: the only place that reads the environment (and ``.env``)."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from tracer.domain.printers import NEAR, Network
from tracer.domain.printers import printer_networks as networks_in


class Settings(BaseSettings):
    """Everything an operator may set; each is ``TRACER_<NAME>``, except ``PORT``."""

    model_config = SettingsConfigDict(
        env_prefix="TRACER_", env_file=".env", extra="ignore", frozen=True, populate_by_name=True
    )

    data: Path = Field(Path("var"), description="Folder of the database, files, journal, secrets")
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in the data folder")
    kek: SecretStr = Field(
        SecretStr(""),
        description="Key-encryption key, 64 hex digits; empty: a file in the data folder",
    )
    port: int = Field(8000, validation_alias="PORT", description="Port of make run")
    public_url: str = Field("", description="Address that QR codes carry; empty: this machine")
    font_path: Path | None = Field(
        None, description="Folder of Noto Sans SC and Noto Serif SC; empty: the packaged fonts"
    )
    packs: Path | None = Field(
        None, description="Folder of standards of one's own, <id>/<edition>/pack.toml; empty: none"
    )
    trusted_proxies: int = Field(0, ge=0, description="How many proxies set X-Forwarded-For")
    printer_networks: str = Field(
        ",".join(map(str, NEAR)),
        description="Networks that labels may be sent to, with commas; empty: nothing is sent",
    )
    log_json: bool = Field(False, description="Log as JSON lines")

    @field_validator("public_url")
    @classmethod
    def _address_without_path(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (
            parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/")
        ):
            raise ValueError("TRACER_PUBLIC_URL 要写成 https://域名，不带路径")
        return url.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("TRACER_DATABASE_URL 要写成 postgresql://用户:密码@主机/库名")
        return url

    @field_validator("printer_networks")
    @classmethod
    def _near_networks(cls, text: str) -> str:
        try:
            networks_in(text)
        except ValueError as error:
            raise ValueError(
                "TRACER_PRINTER_NETWORKS 要写成 192.168.1.0/24 这样的局域网网段，用逗号隔开"
            ) from error
        return text

    @property
    def printers(self) -> tuple[Network, ...]:
        """The networks that labels may be sent to."""
        return networks_in(self.printer_networks)

    @property
    def site(self) -> str:
        """Scheme and host that printed codes point to."""
        return self.public_url or f"http://127.0.0.1:{self.port}"

    @property
    def secure(self) -> bool:
        """Whether people reach the service over TLS, so cookies may say Secure."""
        return self.site.startswith("https://")

    @cached_property
    def sqlalchemy_url(self) -> str:
        if self.database_url:
            return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        return f"sqlite:///{self.data.absolute() / 'db' / 'tracer.sqlite3'}"
