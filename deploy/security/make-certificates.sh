#!/bin/sh
# Make an authority, a node certificate and an administrator's certificate in certificates/, valid for a year.
# For a company's own authority put its files there instead, under the same names.
set -eu
cd "$(dirname "$0")"
mkdir -p certificates
cd certificates
umask 077

openssl req -x509 -newkey rsa:3072 -nodes -days 365 -subj "/O=vitrine/CN=vitrine authority" \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" \
    -keyout ca-key.pem -out ca.pem 2>/dev/null

sign() { # name, common name, extensions
    openssl req -newkey rsa:3072 -nodes -subj "/O=vitrine/CN=$2" -keyout "$1-key.pem" -out "$1.csr" 2>/dev/null
    printf '%s\n' "$3" >"$1.ext"
    openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 365 -extfile "$1.ext" \
        -out "$1.pem" 2>/dev/null
    rm -f "$1.csr" "$1.ext"
}

sign node opensearch "subjectAltName=DNS:opensearch,DNS:localhost,IP:127.0.0.1
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=serverAuth,clientAuth"
sign admin admin "keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=clientAuth"
chmod 644 ca.pem node.pem admin.pem
# The server's user in the image is not the owner of these files.
chmod 644 node-key.pem
echo "certificates in $(pwd); keep ca-key.pem and admin-key.pem elsewhere"
