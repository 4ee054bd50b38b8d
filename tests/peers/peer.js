// What the servers in this folder share. Each stands on a free port of 127.0.0.1, prints its address as its first line and ends when its
// standard input is closed. Its arguments are the secret that it asks for and, to stand again where it stood, a port. In front of it stand:
//   POST /control/change/ID         body: JSON with members of people.js that get another value
//   POST /control/delete/ID
//   POST /control/away?after=N      after N more answers: 503, "come back in an hour"
//   POST /control/break?after=N     after N more answers: ends in the middle of one
//   POST /control/withdraw?after=N  after N more answers: the tokens that were given hold no longer
//   POST /control/heal              away no more
'use strict';

const crypto = require('crypto');
const http = require('http');

/// Hands out the requests of the control routes themselves, which need no secret.
const INSIDE = crypto.randomBytes(16).toString('hex');

exports.inside = (address, method, path, type, body) =>
    fetch(address + path, {
        method,
        headers: { 'x-inside': INSIDE, ...(type && { 'content-type': type }) },
        body: body && JSON.stringify(body),
    });

/// Whole body of a request, as text.
exports.body_of = async (request) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    return Buffer.concat(pieces).toString();
};

/// Lets in who shows the key.
exports.key_guard = (key) => async (request) => request.headers.authorization === `Bearer ${key}`;

exports.answer = (response, status, value, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(value));
};

class Peer {
    constructor({ guard, change, remove, routes = {}, before, withdraw }) {
        Object.assign(this, { guard, change, remove, routes, before, withdraw });
        this.answers = 0;
        this.away_at = this.break_at = this.withdraw_at = Infinity;
    }

    async control(request, response, url) {
        const [, , what, id] = url.pathname.split('/');
        const after = this.answers + Number(url.searchParams.get('after'));
        if (what === 'change') await this.change(id, JSON.parse(await exports.body_of(request)));
        if (what === 'delete') await this.remove(id);
        if (what === 'away') this.away_at = after;
        if (what === 'break') this.break_at = after;
        if (what === 'withdraw') this.withdraw_at = after;
        if (what === 'heal') this.away_at = this.break_at = Infinity;
        exports.answer(response, 200, {});
    }

    async respond(request, response) {
        const url = new URL(request.url, this.address);
        if (request.headers['x-inside'] === INSIDE) return this.handle(request, response);
        if (url.pathname.startsWith('/control/')) return this.control(request, response, url);
        if (this.routes[url.pathname]) return this.routes[url.pathname](request, response);
        if (this.answers >= this.withdraw_at) {
            this.withdraw();
            this.withdraw_at = Infinity;
        }
        if (!(await this.guard(request)))
            return exports.answer(response, 401, { error: 'unauthorised' }, { 'www-authenticate': 'Bearer' });
        this.answers += 1;
        if (this.answers > this.break_at) {
            response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
            response.write('{"', () => process.exit(1));
            return;
        }
        if (this.answers > this.away_at) return exports.answer(response, 503, { error: 'maintenance' }, { 'retry-after': '3600' });
        if (this.before && (await this.before(request, response, url))) return;
        this.handle(request, response);
    }
}

/// `parts`: guard(request), change(id, members), remove(id). Optional: routes without the guard by their path; before(request, response,
/// url), which returns true when it has answered; withdraw(). `open(address)` gives the handler of the server that is played.
exports.serve = (parts, open) => {
    const peer = new Peer(parts);
    const server = http.createServer((request, response) =>
        peer.respond(request, response).catch((error) => exports.answer(response, 500, { error: String(error) })),
    );
    server.listen(Number(process.argv[3] || 0), '127.0.0.1', async () => {
        peer.address = `http://127.0.0.1:${server.address().port}`;
        peer.handle = await open(peer.address);
        process.stdout.write(peer.address + '\n');
    });
    process.stdin.on('end', () => process.exit(0)).resume();
    return peer;
};

/// The answer of the server itself must be one of success.
exports.succeed = async (answer) => {
    const response = await answer;
    if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
};
