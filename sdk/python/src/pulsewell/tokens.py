"""User tokens and connect tokens."""

from __future__ import annotations

from .schema import ConnectToken, TokenPair
from .transport import Transport, segment, visible


class Tokens:
    """`client.tokens`. A pair is `{ "access_token", "refresh_token", "token_type", "expires_in" }`, in seconds."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def mint(self, user_id: str, provider: str) -> TokenPair:
        """A user token, which speaks for one user and one provider; connects the provider."""
        # Done twice, it leaves a token that nobody knows.
        path = f"/user/{segment(user_id)}/token"
        pair: TokenPair = self._transport.post(path, query={"provider": provider}, is_repeatable=True)
        return pair

    def connect(self, user_id: str) -> str:
        """A connect token for an app or the widget: good for 10 minutes."""
        answer: ConnectToken = self._transport.get("/user/connect/token", {"userId": user_id})
        return answer["token"]

    def swap(self, connect_token: str, provider: str) -> TokenPair:
        """A user token for a connect token; connects the provider. The server allows 10 a minute from one address."""
        pair: TokenPair = self._transport.post(
            "/connect/token", {"provider": provider}, headers={"api-token": visible(connect_token)}, is_repeatable=True
        )
        return pair

    def refresh(self, refresh_token: str) -> TokenPair:
        """Renews a user token. Never sent twice: a refresh token that comes again ends all tokens made from it."""
        body = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        pair: TokenPair = self._transport.post("/oauth/token", body)
        return pair
