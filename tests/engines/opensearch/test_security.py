"""Encrypted connections: whose certificate is believed."""

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import orjson
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from engines.opensearch import parse_url
from engines.opensearch.connection import Connection
from engines.port import EngineUnavailable
from tests.engines.opensearch.conftest import GREETING

Signed = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def signed(name: str, by: Signed | None = None) -> Signed:
    """Make a certificate for 127.0.0.1, signed by an authority, or one of an authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    issuer_key = by[1] if by else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by[0].subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if by:
        address = x509.IPAddress(ip_address("127.0.0.1"))
        builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    else:
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(issuer_key, hashes.SHA256()), key


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, Path]]:
    """Serve over TLS; return the address, the file of its authority, and that of another one."""
    folder = tmp_path_factory.mktemp("certificates")
    authority, stranger = signed("authority"), signed("stranger")
    for name, (certificate, _) in (("ca", authority), ("other", stranger)):
        (folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    certificate, key = signed("node", authority)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "node.pem").write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = orjson.dumps(GREETING)
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Quiet(HTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a client that hangs up is what is tested

    server = Quiet(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "node.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"https://shop:geheim@127.0.0.1:{server.server_port}", folder / "ca.pem", folder / "other.pem"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_certificate_of_the_named_authority_is_believed(secured: tuple[str, Path, Path]) -> None:
    url, authority, _ = secured
    connection = Connection(parse_url(url, ca_file=authority))
    assert connection.call("GET", "/")["version"]["number"] == "3.5.0"
    connection.close()


@pytest.mark.parametrize("believed", ["another", "the system's"])
def test_any_other_certificate_is_refused_and_the_mend_is_named(secured: tuple[str, Path, Path], believed: str) -> None:
    url, _, other = secured
    connection = Connection(parse_url(url, ca_file=other if believed == "another" else None))
    with pytest.raises(EngineUnavailable, match="VITRINE_OPENSEARCH_CA_FILE") as caught:
        connection.call("GET", "/")
    assert "geheim" not in caught.value.message
    connection.close()
