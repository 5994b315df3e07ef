"""What Google's discovery document (calendar v3) allows, as tables.

METHODS lists paths, query parameters and scopes; EVENT and its parts list the
fields of a request body.  A field kind is one of
    "string", "boolean", "int32", "date", "date-time"   a scalar
    ("a", "b")        an enumeration
    {...}             an object          [kind]   an array
    MAP               an object of strings
and RO(kind) marks a field that a client must never send.
"""

from collections import namedtuple

RO = namedtuple("RO", "kind")
MAP = "map"

Method = namedtuple("Method", "verb path name scopes params body")

PERSON = {"displayName": "string", "email": "string", "id": "string",
          "self": RO("boolean")}
TIME = {"date": "date", "dateTime": "date-time", "timeZone": "string"}
ATTENDEE = {
    "additionalGuests": "int32", "asyncOperation": RO("string"),
    "comment": "string", "displayName": "string", "email": "string",
    "id": "string", "optional": "boolean", "organizer": RO("boolean"),
    "resource": "boolean", "self": RO("boolean"),
    "responseStatus": ("needsAction", "declined", "tentative", "accepted"),
}
SOLUTION_KEY = {"type": "string"}
ENTRY_POINT = {
    "accessCode": "string", "entryPointFeatures": ["string"],
    "entryPointType": ("video", "phone", "sip", "more"), "label": "string",
    "meetingCode": "string", "passcode": "string", "password": "string",
    "pin": "string", "regionCode": "string", "uri": "string",
}
CONFERENCE = {
    "conferenceId": "string",
    "conferenceSolution": {"iconUri": "string", "key": SOLUTION_KEY,
                           "name": "string"},
    "createRequest": {
        "conferenceSolutionKey": SOLUTION_KEY, "requestId": "string",
        "status": RO({"statusCode": "string"})},
    "entryPoints": [ENTRY_POINT], "notes": "string",
    "parameters": {"addOnParameters": {"parameters": MAP}},
    "signature": RO("string"),
}
ATTACHMENT = {"fileId": RO("string"), "fileUrl": "string",
              "iconLink": "string", "mimeType": "string", "title": "string"}
WORKPLACE = {"buildingId": "string", "deskId": "string", "floorId": "string",
             "floorSectionId": "string", "label": "string"}
DECLINE = {"autoDeclineMode": "string", "declineMessage": "string"}
EVENT = {
    "anyoneCanAddSelf": "boolean", "attachments": [ATTACHMENT],
    "attendees": [ATTENDEE], "attendeesOmitted": "boolean",
    "birthdayProperties": {"contact": "string", "customTypeName": "string",
                           "type": "string"},
    "colorId": "string", "conferenceData": CONFERENCE,
    "created": RO("string"), "creator": RO(PERSON), "description": "string",
    "end": TIME, "endTimeUnspecified": "boolean", "etag": RO("string"),
    "eventType": ("default", "birthday", "focusTime", "fromGmail",
                  "outOfOffice", "workingLocation"),
    "extendedProperties": {"private": MAP, "shared": MAP},
    "focusTimeProperties": {**DECLINE, "chatStatus": "string"},
    "guestsCanInviteOthers": "boolean", "guestsCanModify": "boolean",
    "guestsCanSeeOtherGuests": "boolean", "hangoutLink": RO("string"),
    "htmlLink": RO("string"), "iCalUID": "string", "id": "string",
    "kind": RO("string"), "location": "string", "locked": RO("boolean"),
    "organizer": RO(PERSON), "originalStartTime": TIME,
    "outOfOfficeProperties": DECLINE, "privateCopy": "boolean", "recurrence": ["string"],
    "recurringEventId": RO("string"),
    "reminders": {"overrides": [{"method": ("email", "popup"),
                                 "minutes": "int32"}],
                  "useDefault": "boolean"},
    "sequence": "int32", "source": {"title": "string", "url": "string"},
    "start": TIME,
    "status": ("confirmed", "tentative", "cancelled"), "summary": "string",
    "transparency": ("opaque", "transparent"), "updated": RO("string"),
    "workingLocationProperties": {
        "customLocation": {"label": "string"}, "homeOffice": {},
        "officeLocation": WORKPLACE, "type": "string"},
    "visibility": ("default", "public", "private", "confidential"),
}
FREE_BUSY = {
    "calendarExpansionMax": "int32", "groupExpansionMax": "int32",
    "items": [{"id": "string"}], "timeMax": "date-time",
    "timeMin": "date-time", "timeZone": "string",
}
CHANNEL = {
    "address": "string", "expiration": "string", "id": "string",
    "kind": "string", "params": MAP, "payload": "boolean",
    "resourceId": "string", "resourceUri": "string", "token": "string",
    "type": "string",
}

# Integer parameters carry their limits as (lowest, highest).
GLOBAL_PARAMS = {
    "alt": ("json",), "fields": "string", "key": "string",
    "oauth_token": "string", "prettyPrint": "boolean", "quotaUser": "string",
    "userIp": "string",
}
VERSION = {"conferenceDataVersion": [0, 1]}
NOTIFY = {"sendNotifications": "boolean",
          "sendUpdates": ("all", "externalOnly", "none")}
GUESTS = {"maxAttendees": [1, None]}
FILES = {"supportsAttachments": "boolean"}
OLD = {"alwaysIncludeEmail": "boolean"}
LIST = {
    **OLD, **GUESTS, "iCalUID": "string", "maxResults": [1, None],
    "eventTypes": EVENT["eventType"], "orderBy": ("startTime", "updated"),
    "pageToken": "string", "privateExtendedProperty": "string", "q": "string",
    "sharedExtendedProperty": "string", "showDeleted": "boolean",
    "showHiddenInvitations": "boolean", "singleEvents": "boolean",
    "syncToken": "string", "timeMax": "date-time", "timeMin": "date-time",
    "timeZone": "string", "updatedMin": "date-time",
}
INSTANCES = {
    **OLD, **GUESTS, "maxResults": [1, None], "originalStart": "string",
    "pageToken": "string", "showDeleted": "boolean", "timeMax": "date-time",
    "timeMin": "date-time", "timeZone": "string",
}
CALENDAR_LIST = {
    "maxResults": [1, None], "pageToken": "string", "syncToken": "string",
    "minAccessRole": ("freeBusyReader", "owner", "reader", "writer"),
    "showDeleted": "boolean", "showHidden": "boolean",
}
REPEATED = {"eventTypes", "privateExtendedProperty", "sharedExtendedProperty"}
DEPRECATED = {"sendNotifications", "alwaysIncludeEmail", "userIp"}
# No longer in the discovery document, but known to everybody: the token does
# not belong into an address that ends up in logs.
TOKEN_PARAMS = {"access_token", "oauth_token", "bearer_token"}

CHANGE = {**OLD, **GUESTS, **VERSION, **NOTIFY, **FILES}

WRITE = frozenset("calendar calendar.app.created calendar.events "
                  "calendar.events.owned".split())
MOVE = WRITE - {"calendar.app.created"}
READ = WRITE | frozenset(
    "calendar.events.freebusy calendar.events.owned.readonly "
    "calendar.events.public.readonly calendar.events.readonly "
    "calendar.readonly".split())
FREE_BUSY_SCOPES = frozenset("calendar calendar.events.freebusy "
                             "calendar.freebusy calendar.readonly".split())
CALENDARS = frozenset("calendar calendar.app.created calendar.calendars "
                      "calendar.calendars.readonly calendar.readonly".split())
CALENDAR_LIST_SCOPES = frozenset("calendar calendar.calendarlist "
                                 "calendar.calendarlist.readonly "
                                 "calendar.readonly".split())
ANY_CALENDAR_LIST = CALENDAR_LIST_SCOPES | {"calendar.app.created"}
STOP = READ | frozenset(
    "calendar.acls calendar.acls.readonly calendar.calendarlist "
    "calendar.calendarlist.readonly calendar.settings.readonly".split())
COLORS = READ - {"calendar.events", "calendar.events.readonly"} | frozenset(
    "calendar.calendarlist calendar.calendarlist.readonly".split())

EVENTS = "calendars/{calendarId}/events"
ONE = EVENTS + "/{eventId}"
MINE = "users/me/calendarList"

METHODS = [Method(*row) for row in (
    ("POST", EVENTS, "events.insert", WRITE,
     {**VERSION, **GUESTS, **NOTIFY, **FILES}, EVENT),
    ("GET", ONE, "events.get", READ,
     {**OLD, **GUESTS, "timeZone": "string"}, None),
    ("PATCH", ONE, "events.patch", WRITE, CHANGE, EVENT),
    ("PUT", ONE, "events.update", WRITE, CHANGE, EVENT),
    ("DELETE", ONE, "events.delete", WRITE, NOTIFY, None),
    ("GET", EVENTS, "events.list", READ, LIST, None),
    ("GET", ONE + "/instances", "events.instances", READ, INSTANCES, None),
    ("POST", EVENTS + "/import", "events.import", WRITE,
     {**VERSION, **FILES}, EVENT),
    ("POST", ONE + "/move", "events.move", MOVE,
     {"destination": "string", **NOTIFY}, None),
    ("POST", EVENTS + "/watch", "events.watch", READ, LIST, CHANNEL),
    ("POST", "channels/stop", "channels.stop", STOP, {}, CHANNEL),
    ("POST", "freeBusy", "freebusy.query", FREE_BUSY_SCOPES, {}, FREE_BUSY),
    ("GET", "calendars/{calendarId}", "calendars.get", CALENDARS, {}, None),
    ("GET", MINE, "calendarList.list", CALENDAR_LIST_SCOPES, CALENDAR_LIST,
     None),
    ("GET", MINE + "/{calendarId}", "calendarList.get", ANY_CALENDAR_LIST, {},
     None),
    ("GET", "colors", "colors.get", COLORS, {}, None),
)]

# Calls that may mail guests: a client that leaves the choice to Google gets
# whatever Google likes.
NOTIFYING = {"events.insert", "events.patch", "events.update",
             "events.delete", "events.move"}
