// A real OpenID provider for the tests: `oidc-provider` with accounts to choose from, and one thing that no provider
// offers: POST /tests/next says how the next ID token is to be spoilt, and it is signed anew with the provider's keys.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import * as jose from 'jose';
import { Provider } from 'oidc-provider';

const settings = JSON.parse(readFileSync(0, 'utf8')); // from standard input: { port, client, jwks, accounts }
const issuer = `http://localhost:${settings.port}`;

const provider = new Provider(issuer, {
  clients: [settings.client],
  jwks: { keys: settings.jwks },
  cookies: { keys: ['cookies of the tests'] },
  claims: { openid: ['sub', 'groups', 'acr', 'amr'], auth_time: null, sid: null },
  conformIdTokenClaims: false,
  acrValues: ['urn:strong'],
  pkce: { required: () => true },
  scopes: ['openid'],
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, groups: settings.accounts[id] ?? [] }) }),
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope('openid');
    await grant.save();
    return grant;
  },
});

let spoilt = null;
let last = null;

async function spoil(token, how) {
  const [head, body] = token.split('.');
  const header = { ...jose.decodeProtectedHeader(token), ...how.header };
  const claims = { ...jose.decodeJwt(token), ...how.claims };
  for (const name of how.without ?? []) delete claims[name];
  if (how.payload) return [head, jose.base64url.encode(JSON.stringify(claims)), token.split('.')[2]].join('.');
  if (how.none) return `${jose.base64url.encode(JSON.stringify({ alg: 'none' }))}.${jose.base64url.encode(JSON.stringify(claims))}.`;
  const jwk = how.key ?? settings.jwks[0];
  const key = jwk.kty === 'oct' ? jose.base64url.decode(jwk.k) : await jose.importJWK(jwk, header.alg);
  return new jose.SignJWT(claims).setProtectedHeader(header).sign(key);
}

provider.use(async (ctx, next) => {
  await next();
  if (ctx.path === '/token' && spoilt?.again) {
    spoilt = null; // as a provider that takes a code twice
    ctx.status = 200;
    ctx.body = last;
    return;
  }
  if (ctx.path === '/token') last = ctx.body;
  if (ctx.path === '/token' && ctx.body?.id_token && spoilt) {
    const [how, body] = [spoilt, ctx.body];
    spoilt = null;
    ctx.body = { ...body, id_token: how.replay ?? (await spoil(body.id_token, how)) };
  }
});

async function read(request) {
  let text = '';
  for await (const part of request) text += part;
  return text;
}

const answers = provider.callback();
createServer(async (request, response) => {
  const url = new URL(request.url, issuer);
  try {
    if (url.pathname === '/tests/next') {
      spoilt = JSON.parse(await read(request));
      response.end('{}');
    } else if (url.pathname === '/tests/sign') {
      const { header, claims } = JSON.parse(await read(request));
      const key = await jose.importJWK(settings.jwks[0], 'RS256');
      response.end(await new jose.SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: settings.jwks[0].kid, ...header }).sign(key));
    } else if (url.pathname.startsWith('/interaction/') && !url.searchParams.has('as')) {
      const links = Object.keys(settings.accounts).map((id) => `<li><a id="${id}" href="?as=${id}">${id}</a></li>`);
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(`<!doctype html><title>Provider of the tests</title><ul>${links.join('')}</ul>`);
    } else if (url.pathname.startsWith('/interaction/')) {
      const amr = url.searchParams.getAll('amr');
      const login = { accountId: url.searchParams.get('as'), ...(amr.length ? { amr, acr: 'urn:strong' } : {}) };
      await provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
    } else {
      await answers(request, response);
    }
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error));
  }
}).listen(settings.port, 'localhost', () => console.log('ready'));
