"""IP addresses of single hosts."""

from __future__ import annotations

import ipaddress

from maskgate_detectors.checks import checksums
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words

_KEYS = words(
    "ip, ip address, ipaddress, client ip, remote ip, source ip, src ip, dst ip, dest ip",
    "destination ip, user ip, peer ip, ip addr, ipv4, ipv6",
    "remote addr, x forwarded for, x real ip, client address ip, login ip, last login ip, adresse ip",
    "direccion ip, indirizzo ip, ip adresse",
)


# Whom an address inside a network belongs to: whoever came from there, but no machine that serves.
_OF_SOMEONE = words(
    "ip, ip address, ipaddress, client ip, remote ip, source ip, src ip, user ip, peer ip, ip addr, ipv4",
    "remote addr, x forwarded for, x real ip, client address ip, login ip, last login ip, adresse ip",
    "direccion ip, indirizzo ip, ip adresse, customer ip, visitor ip, device ip, laptop ip, workstation ip",
)
_OF_MACHINES = words(
    "!pod ip, !pods ip, !host ip, !hosts ip, !hostname ip, !node ip, !nodes ip, !cluster ip, !cluster ips,",
    "!service ip, !services ip, !server ip, !servers ip, !internal ip, !private ip, !listen ip, !bind ip,",
    "!gateway ip, !router ip, !management ip, !mgmt ip, !bmc ip, !ipmi ip, !lb ip, !load balancer ip,",
    "!backend ip, !upstream ip, !proxy ip, !vip, !container ip, !containers ip, !endpoint ip, !endpoints ip,",
    "!addresses ip, !instance ip, !instances ip, !vm ip, !dns ip, !nameserver ip, !master ip, !worker ip,",
    "!broker ip, !brokers ip, !replica ip, !leader ip, !members ip, !interface ip, !network ip, !subnet ip,",
    "!virtual ip, !floating ip, !elastic ip, !switch ip, !printer ip, !bridge ip, !private ip address,",
    "!internal ip address, !node ip address, !host ip address, !server ip address, !pod ip address,",
    "!instance ip address, !private ipv4, !internal ipv4",
)


def _refanged(text: str) -> bool:
    """Whether the address is one of a host once its dots are put back."""
    for mark in ("[.]", "(.)", "{.}", "[dot]", "(dot)"):
        text = text.replace(mark, ".")
    return checksums.ip_address(text)


def _inside(text: str) -> bool:
    return checksums.ip_address_inside(text.removesuffix("/32").partition(":")[0])


def _public(text: str) -> bool:
    """Whether the address under a key is none that the rule for private addresses judges."""
    octets = text.removesuffix("/32").partition(":")[0].split(".")
    if octets[0].lstrip("0") not in checksums.FIRST_INSIDE:
        return True
    if any(int(octet) > 255 for octet in octets):
        return True  # misspelt
    return not checksums.inside(ipaddress.IPv4Address(".".join(str(int(octet)) for octet in octets)))


@detector
def ipv4() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc791"""
    return Rule(
        id="ipv4",
        entity="IP_ADDRESS",
        label="IPv4 address",
        pattern=(
            r"(?:^|[^\w.+/-]|//|[^\w]/|[=_]|[a-z]{2,6}-|[^v][.](?:\s))"
            r"(?P<value>(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d))"
            r"(?:$|/32|[^\w./+-]|\.(?:$|\D)|[-_](?:$|\D)|/(?:$|\D))"
        ),
        triggers=(r"\d\.\d{1,3}\.\d{1,3}\.\d",),
        validate=checksums.ip_address,
        valid_score=0.8,
        keys=_KEYS,
        key_decides=True,
        key_pattern=r"(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5}|/32)?",
        key_check=_public,
        matches=(
            "⟦203.0.113.77⟧",
            "from ⟦198.51.100.23⟧:443 ok",
            "http://⟦198.51.100.23⟧/x",
            "ip=⟦203.0.113.9⟧",
            "client_ip: ⟦203.0.113.9⟧",
        ),
        ignores=(
            "127.0.0.1",
            "10.0.0.0/8",
            "1.2.3.4.5",
            "v1.2.3.4",
            "Chrome/120.0.6099.71",
            "Chrome/120.0.0.0",
            "255.255.255.0",
            "300.1.1.1",
        ),
    )


@detector
def ipv4_inside() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc1918"""
    return Rule(
        id="ipv4-private",
        entity="IP_ADDRESS",
        label="IPv4 address inside a network, where it is somebody's",
        pattern=(
            r"(?:^|[^\w.+/-]|[=_])(?P<value>(?:10|172|192|100)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3})"
            r"(?:$|[^\w./+-]|\.(?:$|\D))"
        ),
        triggers=(r"(?:10|172|192|100)\.\d{1,3}\.\d{1,3}\.\d",),
        validate=checksums.ip_address_inside,
        valid_score=0.75,
        needs_context=True,
        context=words(
            "client, user, login, logged in, signed in, visitor, customer, remote, password for, employee, laptop"
        ),
        context_score=0.75,
        keys=(*_OF_SOMEONE, *_OF_MACHINES),
        key_decides=True,
        key_pattern=r"(?:10|172|192|100)(?:\.\d{1,3}){3}(?::\d{1,5}|/32)?",
        key_check=_inside,
        matches=("client_ip: ⟦192.168.1.114⟧", "user anna logged in from ⟦10.20.31.44⟧", "ip: ⟦10.20.31.44⟧"),
        ignores=(
            "podIP: 10.244.1.39",
            "dns: 10.96.0.10",
            "servers.ip: 10.12.31.7",
            '10.0.3.193 - - "GET /healthz" 200',
            "instance: 10.42.7.18:9100",
        ),
    )


@detector
def ipv6() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc5952"""
    return Rule(
        id="ipv6",
        entity="IP_ADDRESS",
        label="IPv6 address",
        pattern=(
            r"(?i)(?:^|[^\w:.])(?P<value>(?:[0-9a-f]{1,4}:){2,7}(?::"
            r"|(?::?[0-9a-f]{1,4})(?::[0-9a-f]{1,4}){0,4})?(?:(?:\d{1,3}\.){3}\d{1,3})?"
            r"|[0-9a-f]{1,4}::(?:[0-9a-f]{1,4}:){0,5}[0-9a-f]{1,4}"
            r"|::ffff:(?:\d{1,3}\.){3}\d{1,3})(?:%[a-z0-9]{1,15})?(?:$|[^\w:.]|[.](?:$|\s))"
        ),
        triggers=(
            r"(?i)[0-9a-f]{1,4}::?[0-9a-f]{1,4}:(?::|[0-9a-f]{1,4}:)",
            r"(?i)(?:2[0-9a-f]{3}|f[cde][0-9a-f]{2}):[0-9a-f:]{0,20}:[0-9a-f]",
            r"(?i)::ffff:\d",
        ),
        validate=checksums.ip_address,
        valid_score=0.85,
        keys=_KEYS,
        key_decides=True,
        key_pattern=r"(?i)\[?[0-9a-f]{0,4}:[0-9a-f:.]{2,40}(?:%[a-z0-9]{1,15})?\]?(?::\d{1,5})?(?:/128)?",
        matches=(
            "⟦2001:db8:85a3::8a2e:370:7334⟧",
            "from ⟦fe80::1ff:fe23:4567:890a⟧ port 22",
            "[⟦2001:db8::17⟧]:443",
            "⟦2001:0db8:85a3:0000:0000:8a2e:0370:7334⟧",
            "⟦::ffff:203.0.113.9⟧",
        ),
        ignores=("::1", "12:34:56", "std::vector", "a::b", "00:1a:2b:3c:4d:5e", "2024-01-01T10:11:12", "de:ad:be:ef"),
    )


@detector
def ip_defanged() -> Rule:
    """https://en.wikipedia.org/wiki/Defang"""
    return Rule(
        id="ip-defanged",
        entity="IP_ADDRESS",
        label="IPv4 address made unclickable, or glued to its name",
        pattern=(
            r"(?:^|[^\w.\]-])(?:(?i:ip|addr|host)[ :=]?)?(?P<value>\d{1,3}(?:(?:\.\d{1,3}){0,2}(?:\[\.\]"
            r"|\(\.\)|\[dot\]|\(dot\)|\{\.\})\d{1,3}){1,3}(?:\.\d{1,3}){0,2})(?:$|[^\w.\[-])"
        ),
        triggers=(r"\d(?:\[\.\]|\(\.\)|\[dot\]|\(dot\)|\{\.\})\d",),
        validate=_refanged,
        valid_score=0.9,
        matches=("⟦203[.]0[.]113[.]77⟧", "from ⟦203.0.113[.]77⟧ again"),
        ignores=("1[.]2", "array[.]3[.]4"),
    )
