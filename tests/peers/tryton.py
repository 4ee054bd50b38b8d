# Tryton (Debian's tryton-server with the module party), JSON-RPC at /tryton/. What it prints, when it ends, its arguments and the control
# routes are those of peer.js, without withdraw. It works on a copy of the database that tests/peers/install made: $BRUGWACHT_PEERS/tryton.sqlite.
import datetime
import json
import os
import shutil
import sys
import tempfile
import threading
import urllib.parse

from trytond.config import config

BURST = 20
SECRET = sys.argv[1]
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 0
FOLDER = tempfile.TemporaryDirectory(prefix="brugwacht-tryton-")
DATABASE = "tryton"

shutil.copy(os.path.join(os.environ["BRUGWACHT_PEERS"], "tryton.sqlite"), FOLDER.name)
config.set("database", "uri", "sqlite://")
config.set("database", "path", FOLDER.name)

# Only now: these read the configuration.
from trytond.pool import Pool  # noqa: E402
from trytond.transaction import Transaction  # noqa: E402
from trytond.wsgi import app  # noqa: E402
from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: E402


def stamp(party, column, moment):
    """Tryton stamps by its own clock; tests need changes of a while ago, and many at the same moment."""
    Transaction().connection.cursor().execute(f'UPDATE party_party SET "{column}" = ? WHERE id = ?', (moment, party))


def fill():
    with open(os.path.join(os.path.dirname(__file__), "people.json"), encoding="utf-8") as file:
        names = json.load(file)
    with Transaction().start(DATABASE, 1):
        users = Pool().get("res.user")
        users.write(users.search([("login", "=", "admin")]), {"password": SECRET})
        people = [{"name": f"{given} {family}"} for family in names["family"] for given in names["given"]]
        for number, party in enumerate(Pool().get("party.party").create(people)):
            stamp(party.id, "create_date", f"2025-01-{1 + number // BURST:02} 10:00:00")
            stamp(party.id, "write_date", None)


def change(party, members):
    with Transaction().start(DATABASE, 1):
        parties = Pool().get("party.party")
        parties.write([parties(party)], {"name": f"{members['given']} {members['family']}"})
        changed = datetime.datetime.fromisoformat(members["changed"].replace("Z", ""))
        stamp(party, "write_date", changed.isoformat(" "))


def delete(party):
    with Transaction().start(DATABASE, 1):
        parties = Pool().get("party.party")
        parties.delete([parties(party)])


class Peer:
    def __init__(self):
        self.answers = 0
        self.heal()

    def heal(self):
        self.away_at = self.break_at = float("inf")

    def control(self, environ):
        _, _, what, *identity = environ["PATH_INFO"].split("/")
        query = urllib.parse.parse_qs(environ["QUERY_STRING"])
        after = self.answers + int(query.get("after", ["0"])[0])
        if what == "change":
            change(int(identity[0]), json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))))
        elif what == "delete":
            delete(int(identity[0]))
        elif what == "away":
            self.away_at = after
        elif what == "break":
            self.break_at = after
        elif what == "heal":
            self.heal()

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"].startswith("/control/"):
            self.control(environ)
            start_response("200 OK", [])
            return [b""]
        self.answers += 1
        if self.answers > self.break_at:
            end(1)
        if self.answers > self.away_at:
            start_response("503 Service Unavailable", [("Retry-After", "3600")])
            return [b""]
        return app(environ, start_response)


class Silent(WSGIRequestHandler):
    def log_request(self, *arguments):
        pass


def end(status):
    """At once, whatever else is going on."""
    FOLDER.cleanup()
    os._exit(status)


def end_with_input():
    sys.stdin.buffer.read()
    end(0)


Pool.start()
Pool(DATABASE).init()
fill()
server = make_server("127.0.0.1", PORT, Peer(), threaded=True, request_handler=Silent)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
threading.Thread(target=end_with_input, daemon=True).start()
server.serve_forever()
