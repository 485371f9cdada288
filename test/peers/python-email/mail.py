"""Python's email package as a far side: reads messages and says what it found, or writes some and says what is in them.

Standard input of `read`: a JSON list of messages in base64. Standard output of both: JSON.
"""
import base64
import email
import hashlib
import json
import random
import sys
from email import encoders
from email.header import Header
from email.headerregistry import Address, Group
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP, default
from email.utils import format_datetime
from datetime import datetime, timedelta, timezone


def digest(octets):
    return hashlib.sha256(octets or b"").hexdigest()


def shown(message):
    """What a mail program shows, by the rules of the package: the best body for each taste."""
    bodies = {}
    for taste in ("plain", "html"):
        body = message.get_body(preferencelist=(taste,))
        bodies[taste] = body.get_content() if body else None
    related = message.get_body(preferencelist=("related",))
    bodies["pictures"] = (
        [[part["Content-ID"], digest(part.get_payload(decode=True))] for part in related.iter_attachments()]
        if related is not None and related.get_content_type() == "multipart/related"
        else []
    )
    return bodies


def found_in(message):
    parts = []
    for part in message.walk():
        if part.is_multipart():
            continue
        octets = part.get_payload(decode=True)
        parts.append({
            "contentType": part.get_content_type(),
            "charset": part.get_content_charset(),
            "name": part.get_param("name"),
            "filename": part.get_filename(),
            "contentId": part.get("Content-ID"),
            "contentLocation": part.get("Content-Location"),
            "length": len(octets or b""),
            "sha256": digest(octets),
        })
    date = message.get("Date")
    return {
        "headers": [[name, str(value)] for name, value in message.items()],
        "to": [[a.display_name, a.addr_spec] for a in message["To"].addresses] if message["To"] else [],
        "at": int(date.datetime.timestamp()) if date and date.datetime else None,
        "structure": [part.get_content_type() for part in message.walk()],
        "parts": parts,
        "body": shown(message),
        "attachments": [[part.get_filename(), digest(part.get_payload(decode=True))] for part in message.iter_attachments()]
        if message.is_multipart() else [],
        "defects": [type(d).__name__ for part in message.walk() for d in part.defects],
    }


def read():
    messages = json.load(sys.stdin)
    return [found_in(email.message_from_bytes(base64.b64decode(one), policy=default)) for one in messages]


def told(octets, subject, to, at, parts):
    return {
        "octets": base64.b64encode(octets).decode(),
        "subject": subject,
        "to": to,
        "at": at,
        "parts": [{"contentType": t, "name": n, "length": len(o), "sha256": digest(o)} for t, n, o in parts],
    }


def modern(random_octets, subject, when):
    """As programs of today write: EmailMessage, related pictures, alternatives, names beyond ASCII."""
    picture, sound = random_octets(30_000), random_octets(5_000)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject
    message["From"] = Address("Jürgen, der Erste", "juergen", "example.org")
    message["To"] = (Address("", "+15551230001", "mms.example"), Group("Freunde", (Address("Zoë", "zoe", "example.net"),)))
    message["Date"] = when
    text, html = "Grüße, 你好\n", "<p>Grüße <img src='cid:bild'></p>\n"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    message.get_payload()[1].add_related(picture, "image", "jpeg", cid="<bild>", filename="Überraschung und ein sehr langer Name, der nicht in eine Zeile passt.jpg")
    message.add_attachment(sound, "audio", "amr", filename="memo.amr")
    crlf = lambda s: s.replace("\n", "\r\n").encode()
    return told(message.as_bytes(), subject, [["", "+15551230001@mms.example"], ["Zoë", "zoe@example.net"]], int(when.timestamp()), [
        ("text/plain", None, crlf(text)),
        ("text/html", None, crlf(html)),
        ("image/jpeg", "Überraschung und ein sehr langer Name, der nicht in eine Zeile passt.jpg", picture),
        ("audio/amr", "memo.amr", sound),
    ])


def old(random_octets, subject, when, encode, line_end):
    """As programs of the turn of the century wrote: the legacy classes."""
    data = random_octets(2_000) if encode is not encoders.encode_7or8bit else b"nothing but ascii"
    if encode is encoders.encode_quopri:
        # It takes octets for text, in which a line feed is the end of a line, whatever that will be.
        data = data.replace(b"\n", b"").replace(b"\r", b"")
    message = MIMEMultipart("related", boundary="===old 'boundary'? (1)===", type="application/smil", start="<s>")
    message["Subject"] = Header(subject, "utf-8", maxlinelen=40)
    message["To"] = '"Smith, John" <john.smith@example.com>,\n other@example.org'
    message["Date"] = format_datetime(when)
    smil = MIMEBase("application", "smil")
    smil.set_payload("<smil/>")
    smil["Content-ID"] = "<s>"
    part = MIMEBase("video", "3gpp", name="clip.3gp")
    part.set_payload(data)
    encode(part)
    latin = MIMEText("Grüße", "plain", "iso-8859-1")
    for one in (smil, latin, part):
        message.attach(one)
    octets = message.as_bytes(policy=message.policy.clone(linesep=line_end))
    return told(octets, subject, [["Smith, John", "john.smith@example.com"], ["", "other@example.org"]], int(when.timestamp()), [
        ("application/smil", None, b"<smil/>"),
        ("text/plain", None, "Grüße".encode("iso-8859-1")),
        ("video/3gpp", "clip.3gp", data),
    ])


def write():
    chance = random.Random(5)
    octets = lambda n: bytes(chance.getrandbits(8) for _ in range(n))
    subjects = ["plain", "Grüße", "日本語の件名 " * 12 + "終", "=?UTF-8?Q?not_a_word"]
    when = datetime(2022, 1, 13, 2, 25, 45, tzinfo=timezone(timedelta(hours=2)))
    messages = []
    for subject in subjects:
        messages.append(modern(octets, subject, when))
        for encode in (encoders.encode_base64, encoders.encode_quopri, encoders.encode_7or8bit):
            for line_end in ("\r\n", "\n"):
                messages.append(old(octets, subject, when, encode, line_end))
    return messages


json.dump(read() if sys.argv[1] == "read" else write(), sys.stdout)
