"""Starting the server."""

from __future__ import annotations

import os
import signal
from importlib import import_module

import click
from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from tracer.config import Settings
from tracer.installation import ready_world

CORES = os.cpu_count() or 1


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
@click.option("--port", type=click.IntRange(1, 65535), help="监听端口，默认取设置 PORT")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=min(4, CORES),
    help="进程数，默认与处理器核数相同，最多 4",
)
def serve(host: str, port: int | None, workers: int) -> None:
    """启动服务。对外开放时，前面要有一台做 TLS 的反向代理。"""
    settings = Settings()
    port = port or settings.port
    with ready_world(settings):
        click.echo(f"服务地址 http://{host}:{port}  按 Ctrl+C 停止")
    import_module("tracer.app")  # once, here: the workers are forked from this process
    Granian(
        "tracer.cli.serve:application",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=2 * CORES + 1,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


def application() -> Flask:
    """The application in a worker, which until it listens may be ended at any time.

    A worker starts with its parent's handlers, which only make a note of the signal. The parent
    would then wait for ever for a worker that was told to end while it was still loading.
    """
    for end in (signal.SIGINT, signal.SIGTERM):
        signal.signal(end, signal.SIG_DFL)
    app: Flask = import_module("tracer.app").create_app()
    return app
