"""Meet links: asked for with conferenceData.createRequest, made at once or
after a number of reads, kept until somebody removes them."""

import hashlib
import secrets
import string

from errors import invalid

MEET = "hangoutsMeet"
ICON = ("https://fonts.gstatic.com/s/i/productlogos/meet_2020q4/v6/"
        "web-512dp/logo_meet_2020q4_color_2x_web_512dp.png")


def meeting_code():
    """A code of its own for each conference that is made."""
    letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(10))
    return "%s-%s-%s" % (letters[:3], letters[3:7], letters[7:])


def link_of(conference):
    for point in (conference or {}).get("entryPoints", ()):
        if point["entryPointType"] == "video":
            return point["uri"]
    return None


def request_part(request_id, status):
    return {"requestId": request_id, "conferenceSolutionKey": {"type": MEET},
            "status": {"statusCode": status}}


def finish(event, settings):
    """The conference that was asked for comes to be, or fails."""
    event.pending_reads = None
    if settings["outcome"] == "failure":
        event.conference = {"createRequest": request_part(event.request_id, "failure")}
        return
    code = meeting_code()
    host = "meet.google.com/" + code
    points = [{"entryPointType": "video", "uri": "https://" + host, "label": host}]
    phone = {"entryPointType": "phone", "regionCode": "US", "uri": "tel:+1-555-010-0199",
             "label": "+1 555-010-0199", "pin": "123456789"}
    points.insert(0 if settings["phone_first"] else 1, phone)
    event.conference = {
        "createRequest": request_part(event.request_id, "success"),
        "entryPoints": points,
        "conferenceSolution": {"key": {"type": MEET}, "name": "Google Meet",
                               "iconUri": ICON},
        "conferenceId": code,
        "signature": "AR" + hashlib.sha256(code.encode()).hexdigest()[:24],
    }


def check_request(wish, allowed):
    request_id = wish.get("requestId")
    if not request_id:
        raise invalid("Missing conference create request ID.", "required")
    kind = (wish.get("conferenceSolutionKey") or {}).get("type")
    if kind != MEET or not allowed:
        raise invalid("Invalid conference type value.", blame=kind != MEET)
    return request_id


def remove(event):
    event.conference = event.request_id = event.pending_reads = None


def apply(settings, allowed, event, wish, note):
    """Carry out the conferenceData of a write made at version 1."""
    if wish is None:
        remove(event)
        return
    asked = wish.get("createRequest")
    if asked is None:
        if wish.get("conferenceId") != (event.conference or {}).get("conferenceId"):
            note("conference of another event",
                 "a copied conference gives access to strangers; ask for a new one")
        return
    request_id = check_request(asked, allowed)
    if request_id == event.request_id:
        return
    event.request_id = request_id
    if settings["mode"] == "pending":
        event.pending_reads = int(settings["reads"])
        event.conference = {"createRequest": request_part(request_id, "pending")}
    else:
        finish(event, settings)


def count_read(store, calendar, event):
    """A GET of an event whose conference is pending.

    The conference comes by a write of Google's own, so the etag moves.
    """
    if event.pending_reads is None:
        return
    if event.pending_reads > 0:
        event.pending_reads -= 1
        return
    finish(event, store.settings["meet"])
    store.touch(calendar, event)
