# SPDX-License-Identifier: Apache-2.0
"""As much SIP as a plain phone needs: messages (RFC 3261 s.7), digest with qop=auth (RFC 2617 s.3.2.2), one m-line of PCMU."""
import hashlib
import random
import re

CRLF = "\r\n"
NOWHERE = "0.0.0.0"


class Message:
    def __init__(self, start, headers, body=""):
        self.start, self.headers, self.body = start, headers, body
        words = start.split(" ", 2)
        self.status = int(words[1]) if words[0] == "SIP/2.0" else 0
        self.method, self.uri = ("", "") if self.status else (words[0], words[1])

    @classmethod
    def read(cls, data):
        head, _, body = data.decode("utf-8", "replace").partition(CRLF * 2)
        lines = head.split(CRLF)
        return cls(lines[0], [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])], body)

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def get(self, name):
        return next(iter(self.all(name)), "")

    @property
    def cseq(self):
        number, method = self.get("CSeq").split()
        return int(number), method

    @property
    def branch(self):
        return parameter(self.get("Via"), "branch")

    @property
    def media(self):
        """(address, port) of the SDP; None without SDP."""
        address, port = re.search(r"^c=IN IP4 (\S+)", self.body, re.M), re.search(r"^m=audio (\d+)", self.body, re.M)
        return (address.group(1), int(port.group(1))) if address and port else None

    def data(self):
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers)]
        if self.body:
            lines.append("Content-Type: application/sdp")
        lines.append(f"Content-Length: {len(self.body)}")
        return (CRLF.join(lines) + CRLF * 2 + self.body).encode()


def parameter(value, name):
    found = re.search(rf';\s*{name}="?([^;,"]+)', value)
    return found.group(1) if found else ""


def uri_of(value):
    found = re.search(r"<([^>]*)>", value)
    return found.group(1) if found else value.split(";")[0].strip()


def token(length=10):
    return "".join(random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=length))


def described(address, port, version, direction="sendrecv"):
    """An SDP whose address is not always where the phone is."""
    return CRLF.join(["v=0", f"o=- 4711 {version} IN IP4 {address}", "s=-", f"c=IN IP4 {address}", "t=0 0",
                      f"m=audio {port} RTP/AVP 0", "a=rtpmap:0 PCMU/8000", f"a={direction}", ""])


def hashed(*parts):
    return hashlib.md5(":".join(parts).encode()).hexdigest()


def credentials(challenge, user, password, method, uri):
    """The Authorization that answers that challenge."""
    given = dict(re.findall(r'(\w+)="?([^",]*)"?', challenge.partition(" ")[2]))
    cnonce = token()
    answer = hashed(hashed(user, given["realm"], password), given["nonce"], "00000001", cnonce, "auth", hashed(method, uri))
    return (f'Digest username="{user}", realm="{given["realm"]}", nonce="{given["nonce"]}", uri="{uri}", response="{answer}", '
            f'algorithm=MD5, qop=auth, nc=00000001, cnonce="{cnonce}"')
