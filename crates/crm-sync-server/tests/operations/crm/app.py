"""A CRM on Flask, as small as it gets: a page, a deal, and what its proxy told it."""

import sys

from flask import Flask, jsonify, request
from werkzeug.serving import make_server

app = Flask(__name__)


@app.get("/")
def home():
    return "<h1>CRM</h1>"


@app.get("/api/deals")
def deals():
    return jsonify(host=request.host, forwarded_for=request.headers.get("X-Forwarded-For"))


@app.post("/api/deals/import")
def take():
    return jsonify(bytes=len(request.get_data()))


server = make_server("127.0.0.1", 0, app, threaded=True)
print(server.port, flush=True)
sys.stdin.close()
server.serve_forever()
