"""Client of Pulsewell: users, tokens, samples, days, webhooks, studies."""

from . import schema, webhooks
from .client import PulsewellClient
from .errors import (
    AuthenticationError,
    BadRequestError,
    ConflictError,
    ConnectionFailed,
    ForbiddenError,
    NotFoundError,
    PulsewellError,
    RateLimitError,
    ServerError,
    ValidationError,
)
from .not_given import NOT_GIVEN
from .paging import Page, Pager
from .retries import RetryPolicy
from .upload.record import UploadRecord
from .upload.result import RejectedSample, UploadError, UploadResult
from .upload.split import SampleInput
from .webhooks import WebhookVerificationError

__all__ = [
    "NOT_GIVEN",
    "AuthenticationError",
    "BadRequestError",
    "ConflictError",
    "ConnectionFailed",
    "ForbiddenError",
    "NotFoundError",
    "Page",
    "Pager",
    "PulsewellClient",
    "PulsewellError",
    "RateLimitError",
    "RejectedSample",
    "RetryPolicy",
    "SampleInput",
    "ServerError",
    "UploadError",
    "UploadRecord",
    "UploadResult",
    "ValidationError",
    "WebhookVerificationError",
    "schema",
    "webhooks",
]
