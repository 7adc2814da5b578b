"""The same answer as the server's list of synchronisations, on Flask, from the same SQLite file."""

import sqlite3
import sys

from flask import Flask, jsonify
from werkzeug.serving import make_server

app = Flask(__name__)


@app.get("/api/sync/logs")
def logs():
    with sqlite3.connect(sys.argv[1]) as database:
        database.row_factory = sqlite3.Row
        rows = database.execute("SELECT * FROM sync_logs ORDER BY id DESC LIMIT 50").fetchall()
    return jsonify(success=True, data=[dict(row) for row in rows])


server = make_server("127.0.0.1", 0, app, threaded=True)
print(server.port, flush=True)
server.serve_forever()
