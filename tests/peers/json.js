// json-server: one list at /members, whole, with members inside members.
'use strict';

const server = require('json-server');
const { people } = require('./people');
const { inside, key_guard, serve, succeed } = require('./peer');

const record = (one) => ({
    ...(one.number && { id: one.number }),
    ...(one.given && { name: { first: one.given, last: one.family } }),
    born: one.born,
    intake: one.start,
    club: one.club,
    since: one.enrolled,
});

const JSON_TYPE = 'application/json';

const peer = serve(
    {
        guard: key_guard(process.argv[2]),
        change: (id, members) => succeed(inside(peer.address, 'PATCH', `/members/${id}`, JSON_TYPE, record(members))),
        remove: (id) => succeed(inside(peer.address, 'DELETE', `/members/${id}`)),
    },
    () => {
        const app = server.create();
        app.use(server.defaults({ logger: false }));
        app.use(server.bodyParser);
        app.use(server.router({ members: people.map(record) }));
        return app;
    },
);
