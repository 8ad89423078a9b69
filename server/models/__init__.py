"""Tables and nothing else."""

from server.models.account import ROLES, LoginSession, Membership, Passkey, User
from server.models.address import ReaderAddress
from server.models.announcement import Announcement
from server.models.api_token import SCOPES, ApiToken
from server.models.audit import AuditEntry
from server.models.base import Base
from server.models.block import Block
from server.models.bulk import BulkAction, BulkItem
from server.models.channel import CHANNEL_KINDS, Attempt, Breaker, Channel
from server.models.delivery import Delivery, DeliveryReport
from server.models.invitation import Invitation
from server.models.mute import PageMute
from server.models.note import Note
from server.models.reader import ReaderContact, ReaderKey
from server.models.report import Event, Page, Report, Submission
from server.models.saved_view import SavedView
from server.models.site import FormerKey, Sighting, Site, SiteOrigin
from server.models.subscription import AuthorAddress, RoutingRule, RuleRecipient, Subscription
from server.models.words import ReportWords

__all__ = [
    "CHANNEL_KINDS",
    "ROLES",
    "SCOPES",
    "Announcement",
    "ApiToken",
    "Attempt",
    "AuditEntry",
    "AuthorAddress",
    "Base",
    "Block",
    "Breaker",
    "BulkAction",
    "BulkItem",
    "Channel",
    "Delivery",
    "DeliveryReport",
    "Event",
    "FormerKey",
    "Invitation",
    "LoginSession",
    "Membership",
    "Note",
    "Page",
    "PageMute",
    "Passkey",
    "ReaderAddress",
    "ReaderContact",
    "ReaderKey",
    "Report",
    "ReportWords",
    "RoutingRule",
    "RuleRecipient",
    "SavedView",
    "Sighting",
    "Site",
    "SiteOrigin",
    "Submission",
    "Subscription",
    "User",
]
