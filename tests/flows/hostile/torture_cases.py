# SPDX-License-Identifier: Apache-2.0
"""What each torture message must come to on the wire (B2BUA-A21): RFC 4475 by the name of its file, RFC 5118 by section.

FAR: it crosses, and the far side's own answer comes back. A number: the gateway answers that itself. SILENCE: no answer.
"""
FAR = "far"
SILENCE = "silence"

RFC4475 = {
    "wsinv": 481, "intmeth": FAR, "esc01": FAR, "escnull": FAR, "esc02": FAR, "lwsdisp": FAR, "longreq": FAR, "dblreq": FAR,
    "semiuri": FAR, "transports": FAR, "mpart01": FAR, "unreason": SILENCE, "noreason": SILENCE, "cparam01": FAR,
    "cparam02": FAR, "regescrt": FAR, "invut": FAR, "regaut01": FAR, "sdp01": FAR, "baddate": FAR, "novelsc": 416,
    "unksm2": FAR, "zeromf": 200, "inv2543": FAR, "badinv01": 400, "clerr": 400, "ncl": 400, "scalar02": 400, "quotbal": 400,
    "ltgtruri": 400, "lwsruri": 400, "regbadct": 400, "badaspec": 400, "baddn": 400, "mismatch01": 400, "insuf": 400,
    "multi01": 400, "mcl01": 400, "unkscm": 416, "bext01": 420, "badvers": 505, "mismatch02": 501, "lwsstart": FAR,
    "trws": FAR, "escruri": FAR, "badbranch": FAR, "scalarlg": SILENCE, "bigcode": SILENCE, "bcast": SILENCE,
}

# Lines that the far side must see octet for octet, and pieces that it must not see anywhere.
LINES = {
    "intmeth": [b"To: \"BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f\" <sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com>"],
    "esc01": [b"INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0"],
    "escnull": [b"To: sip:null-%00-null@example.com"],
    "esc02": [b"RE%47IST%45R sip:registrar.example.com SIP/2.0", b"C%6Fntact: <sip:alias2@host2.example.com>",
              b"To: \"%Z%45\" <sip:resource@example.com>"],
    "lwsdisp": [b"OPTIONS sip:user@example.com SIP/2.0", b"Max-Forwards: 69"],
    "semiuri": [b"OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0"],
    "regaut01": [b"Authorization: NoOneKnowsThisScheme opaque-data=here"],
    "invut": [b"Content-Type: application/unknownformat"],
    "sdp01": [b"Accept: text/nobodyKnowsThis"],
    "baddate": [b"Date: Fri, 01 Jan 2010 16:00:00 EST"],
    "lwsstart": [b"INVITE sip:user@example.com SIP/2.0"],
    "trws": [b"OPTIONS sip:remote-target@example.com SIP/2.0"],
    "escruri": [b"INVITE sip:user@example.com SIP/2.0"],
}
PIECES = {
    "lwsdisp": [b"funky.example.com;branch"],
    "transports": [b"t1.example.com", b"SCTP"],
    "longreq": [b"sip33.example.com", b"c=IN IP4 192.0.2.1"],
    "escruri": [b"?Route"],
    "dblreq": [b"INVITE sip:joe@example.com"],
    "sdp01": [b"192.0.2.5"],
}
# Bodies that must cross octet for octet.
SAME_BODY = ("mpart01", "invut")
# What a refusal made here must say. Of bext01 only what is asked of a proxy concerns us: Require is for the far end (M14).
ANSWER_LINES = {
    "bext01": [b"Unsupported: noProxiesSupportThis, norDoAnyProxiesSupportThis"],
    "insuf": [b"SIP/2.0 400 Missing From"],
}

# RFC 5118: section, Request-URI, top Via, Contact, outcome. Over IPv4 what is tested is the text alone.
_VIA = "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111"
_CALLER = "<sip:caller@[2001:db8::1]>"
RFC5118 = (
    ("4.1", "sip:[2001:db8::10]", _VIA, _CALLER, FAR),
    ("4.2", "sip:2001:db8::10", _VIA, _CALLER, 400),
    ("4.3", "sip:[2001:db8::10:5070]", _VIA, _CALLER, FAR),
    ("4.4", "sip:[2001:db8::10]:5070", _VIA, _CALLER, FAR),
    ("4.5-1", "sip:[2001:db8::10]", "SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3", _CALLER, FAR),
    ("4.5-2", "sip:[2001:db8::10]", "SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3", _CALLER, FAR),
    ("4.9", "sip:user@example.com", "SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19", "<sip:caller@[::ffff:192.0.2.2]>",
     FAR),
    ("4.10-1", "sip:user@[2001:db8:::192.0.2.1]", _VIA, _CALLER, 400),
    ("4.10-2", "sip:user@[2001:db8::192.0.2.1]", _VIA, _CALLER, FAR),
)


def rfc5118(section, uri, via, contact):
    return (f"OPTIONS {uri} SIP/2.0\r\nVia: {via}\r\nTo: sip:user@example.com\r\nFrom: {_CALLER};tag=81x2\r\n"
            f"Contact: {contact}\r\nCall-ID: SSG9559905523997077@hlau_{section}\r\nCSeq: 7 OPTIONS\r\nMax-Forwards: 70\r\n"
            "Content-Length: 0\r\n\r\n").encode()
