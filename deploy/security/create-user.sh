#!/bin/sh
# Make the role and the user of the service in a secured cluster, through its REST API. May be run again.
set -eu
: "${OPENSEARCH_ADMIN_PASSWORD:?}" "${VITRINE_OPENSEARCH_PASSWORD:?}"
url=${OPENSEARCH_URL:-https://localhost:9200}
here=$(cd "$(dirname "$0")" && pwd)

put() {
    # The password comes by standard input: arguments can be read by every user of the machine.
    printf 'user = "admin:%s"\n' "$OPENSEARCH_ADMIN_PASSWORD" |
        curl --silent --show-error --fail-with-body --config - --cacert "$here/certificates/ca.pem" \
            --header 'content-type: application/json' --request PUT "$url/_plugins/_security/api/$1" --data "$2"
    echo
}

put roles/vitrine "@$here/role.json"
body=$(mktemp)
trap 'rm -f "$body"' EXIT
VITRINE_OPENSEARCH_PASSWORD=$VITRINE_OPENSEARCH_PASSWORD python3 -c '
import json, os
print(json.dumps({"password": os.environ["VITRINE_OPENSEARCH_PASSWORD"], "opendistro_security_roles": ["vitrine"]}))
' >"$body"
put internalusers/vitrine "@$body"
