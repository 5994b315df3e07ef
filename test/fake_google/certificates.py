"""A certificate authority and a server certificate, made on the spot."""

import os
import subprocess

EXTENSIONS = """basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=serverAuth
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
subjectAltName=%s
"""
CA_CONFIG = """[req]
distinguished_name=dn
prompt=no
x509_extensions=ca
[dn]
CN=Simulated Google test CA
[ca]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
"""
DEFAULT_NAMES = "DNS:localhost,IP:127.0.0.1"


def openssl(*arguments):
    done = subprocess.run(("openssl",) + arguments, capture_output=True, text=True,
                          check=False)
    if done.returncode:
        raise SystemExit("openssl %s failed: %s" % (arguments[0], done.stderr))
    return done.stdout


def make(directory, names=DEFAULT_NAMES, days=30):
    """Write ca.pem, server.pem and server.key; returns the last two paths."""
    path = {name: os.path.join(directory, name)
            for name in ("ca.pem", "ca.key", "ca.cnf", "server.pem",
                         "server.key", "server.csr", "server.ext")}
    with open(path["ca.cnf"], "w", encoding="ascii") as file:
        file.write(CA_CONFIG)
    with open(path["server.ext"], "w", encoding="ascii") as file:
        file.write(EXTENSIONS % names)
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-sha256")
    old_mask = os.umask(0o077)
    try:
        openssl("req", "-x509", *key, "-config", path["ca.cnf"], "-days", str(days),
                "-keyout", path["ca.key"], "-out", path["ca.pem"])
        openssl("req", *key, "-config", path["ca.cnf"], "-subj", "/CN=localhost",
                "-keyout", path["server.key"], "-out", path["server.csr"])
        openssl("x509", "-req", "-sha256", "-in", path["server.csr"], "-CA", path["ca.pem"],
                "-CAkey", path["ca.key"], "-set_serial", str(int.from_bytes(os.urandom(8), "big")),
                "-days", str(days), "-extfile", path["server.ext"], "-out", path["server.pem"])
    finally:
        os.umask(old_mask)
    for name in ("ca.cnf", "server.csr", "server.ext", "ca.key"):
        os.unlink(path[name])
    os.chmod(path["ca.pem"], 0o644)
    return path["server.pem"], path["server.key"]
