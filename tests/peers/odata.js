// fe-mockserver-core: an OData 4 service at /odata, which filters, sorts and selects. Behind an OAuth2 server that gives tokens for a client's
// secret, and checks both. The service knows no pages of its own: they are cut here, as OData 4 says (11.2.6.7), with a link to the next.
'use strict';

const { default: Mockserver } = require('@sap-ux/fe-mockserver-core');
const OAuth2Server = require('@node-oauth/oauth2-server');
const { record } = require('./odata_record');
const { answer, body_of, inside, serve, succeed } = require('./peer');

const CLIENT = 'brugwacht';
const SECRET = process.argv[2];
const LARGEST_PAGE = 25;

const tokens = new Map();
const oauth = new OAuth2Server({
    accessTokenLifetime: 600,
    model: {
        getClient: async (id, secret) => id === CLIENT && secret === SECRET && { id, grants: ['client_credentials'] },
        getUserFromClient: async (client) => ({ id: client.id }),
        saveToken: async (token, client, user) => {
            tokens.set(token.accessToken, { ...token, client, user });
            return tokens.get(token.accessToken);
        },
        getAccessToken: async (token) => tokens.get(token),
    },
});

const asked = (request, body = {}) =>
    new OAuth2Server.Request({ method: request.method, headers: request.headers, query: {}, body });

async function give_token(request, response) {
    const given = new OAuth2Server.Response({});
    const body = Object.fromEntries(new URLSearchParams(await body_of(request)));
    try {
        await oauth.token(asked(request, body), given);
    } catch (error) {
        given.status = given.status >= 400 ? given.status : error.code;
    }
    answer(response, given.status, given.body, given.headers);
}

async function guard(request) {
    try {
        await oauth.authenticate(asked(request), new OAuth2Server.Response({}));
        return true;
    } catch {
        return false;
    }
}

/// One page of a list; its link carries the request, and how far it has come.
async function answer_page(request, response, url) {
    if (url.pathname !== '/odata/Members' || url.searchParams.has('$top')) return false;
    const fields = (url.searchParams.get('$select') || 'Remarks').split(',');
    if (fields.includes('Remarks')) {
        answer(response, 400, { error: { code: 'AskedForMoreThanIsNeeded' } });
        return true;
    }
    const wish = /odata\.maxpagesize=(\d+)/.exec(request.headers.prefer || '');
    const size = Math.min(wish ? Number(wish[1]) : LARGEST_PAGE, LARGEST_PAGE);
    const from = Number(url.searchParams.get('$skiptoken') || 0);
    url.searchParams.delete('$skiptoken');
    const query = [...url.searchParams].map(([name, value]) => `${name}=${encodeURIComponent(value)}&`).join('');
    const page = await inside(peer.address, 'GET', `${url.pathname}?${query}$skip=${from}&$top=${size + 1}`);
    const body = await page.json();
    if (body.value && body.value.length > size) {
        body.value.length = size;
        body['@odata.nextLink'] = `Members?${query}%24skiptoken=${from + size}`;
    }
    answer(response, page.status, body);
    return true;
}

const member = (id) => `/odata/Members('${id}')`;

const peer = serve(
    {
        guard,
        routes: { '/oauth/token': give_token },
        before: answer_page,
        withdraw: () => tokens.clear(),
        change: (id, members) => succeed(inside(peer.address, 'PATCH', member(id), 'application/json', record(members))),
        remove: (id) => succeed(inside(peer.address, 'DELETE', member(id))),
    },
    async () => {
        const service = {
            urlPath: '/odata',
            metadataPath: `${__dirname}/odata/metadata.xml`,
            mockdataPath: `${__dirname}/odata`,
            generateMockData: false,
            noETag: true,
        };
        const mockserver = new Mockserver({ services: [service], annotations: [] });
        await mockserver.isReady;
        const router = mockserver.getRouter();
        return (request, response) => router(request, response, () => answer(response, 404, { error: { code: '404' } }));
    },
);
