"""Keeps other sites from sending our forms: what a browser sends by its cookie must also carry the form's secret."""

from litestar.config.csrf import CSRFConfig
from litestar.middleware import DefineMiddleware
from litestar.middleware.csrf import CSRFMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send


class _FormsSecret(CSRFMiddleware):
    """A program that sends an access token is not driven by a browser's cookie, so it needs no secret."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("auth") == "token":
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def forms_secret(config: CSRFConfig) -> DefineMiddleware:
    """The guard of the forms, with its settings."""

    def made(app: ASGIApp) -> _FormsSecret:
        return _FormsSecret(app, config)

    return DefineMiddleware(made)
