import type { RefusedInput } from "./refused-input";

const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDZ5MHV3pgdOAs8A81bFu4m5pFX0BzbGJz5QqI2DKvyT";
const elsewhere = `{ address: 203.0.113.20, hostKey: ${publicKey}, publicKeys: [${publicKey}]`;
const cloudflare = "zoneId: 0123456789abcdef0123456789abcdef, apiToken: { secure: v1:x }";
/** Settings of a public stack, whose zone is at Cloudflare with these keys too. */
const zone = (keys: string) => `
  backline:domain: example.com
  backline:host: ${elsewhere} }
  backline:proxy: { certificates: cloudflare, trustedProxies: [cloudflare] }
  backline:cloudflare: { zone: owner, ${cloudflare}, ${keys} }`;
const proxy = (keys: string) => `
  backline:proxy: { httpPort: 8080, httpsPort: 8443, certificates: internal, ${keys} }`;

/** Values that are wrong beside others, or for the host that the stack has. */
export const refusedTogether: readonly RefusedInput[] = [
  [
    "root on a hardened host",
    "host",
    `backline:host: ${elsewhere}, user: root }`,
    'host.user: "root" may not sign in on a hardened host; write another name such as "ops", and root as host.firstUser',
  ],
  [
    "images sent to this machine",
    "images",
    "backline:images: { bundled: send }",
    'images.bundled: "send" needs a host elsewhere, and this stack runs on Docker on this machine; write "build", or set host.address',
  ],
  [
    "an image that was not bundled",
    "release",
    "backline:release: { id: abc, migration: 0007_x, images: { api: nginx } }",
    'release.images.api: "nginx" is no image that a release can have; let ./backline rollback write release',
  ],
  [
    "a certificate without its key",
    "incomplete",
    "backline:proxy: { httpPort: 8080, httpsPort: 8443, certificates: files, certificateKey: { secure: v1:x } }",
    "proxy.certificate: is missing, and certificates: files needs certificate and certificateKey; run: pulumi config set --path 'backline:proxy.certificate' < certificate.pem",
  ],
  [
    "a port twice",
    "duplicate-port",
    "backline:proxy: { httpPort: 8443, httpsPort: 8443, certificates: internal }",
    "proxy.httpsPort: 8443 is already proxy.httpPort; write another port",
  ],
  [
    "the port of SSH",
    "duplicate-port",
    `
  backline:host: ${elsewhere}, port: 8443 }`,
    "proxy.httpsPort: 8443 is the port of the host's SSH server (host.port); write another port",
  ],
  [
    "a host name twice",
    "duplicate-hostname",
    "backline:sites: { api: { hostname: x.audifi.localhost }, studio: { hostname: x.audifi.localhost } }",
    'sites.studio.hostname: "x.audifi.localhost" is already the host name of the site api; give each site its own',
  ],
  [
    "a wildcard over a host name",
    "duplicate-hostname",
    proxy("redirects: [{ from: '*.audifi.localhost', to: example.com }]"),
    'proxy.redirects.0.from: "*.audifi.localhost" covers "api.audifi.localhost" of the site api; name the hosts one by one',
  ],
  [
    "a redirect to itself",
    "redirect",
    proxy("redirects: [{ from: www.example.com, to: www.example.com }]"),
    'proxy.redirects.0.to: "www.example.com" is redirected itself by this entry; write another host',
  ],
  [
    "a process at Vercel",
    "platform",
    `
  backline:domain: example.com
  backline:vercel: { token: { secure: v1:x } }
  backline:sites: { api: { platform: vercel } }`,
    'sites.api.platform: "vercel" serves front ends alone, and "/" of this site is api\'s; write "host"',
  ],
  [
    "a project's name that Vercel refuses",
    "vercel",
    "backline:vercel: { projects: { web: { name: My App } } }",
    'vercel.projects.web.name: "My App" is not the name of a project: lower-case letters, digits and inner hyphens; write another name',
  ],
  [
    "a variable's name that Vercel refuses",
    "environment-variable",
    `
  backline:domain: example.com
  backline:sites: { app: { platform: vercel } }
  backline:vercel: { token: { secure: v1:x }, projects: { web: { environment: { production: { MY-ID: a } } } } }`,
    'vercel.projects.web.environment.production.MY-ID: "MY-ID" is not the name of a variable; write letters, digits and "_", beginning with a letter',
  ],
  [
    "a public certificate for a private name",
    "certificates",
    "backline:proxy: { httpPort: 8080, httpsPort: 8443, certificates: acme }",
    'proxy.certificates: "acme" cannot sign "api.audifi.localhost", which is no public name; write "internal" or set a public domain',
  ],
  [
    "a certificate that nobody uses",
    "certificate",
    proxy("certificate: x"),
    'proxy.certificate: is used by certificates: files alone, and proxy.certificates says "internal"; write "files" there or remove this key',
  ],
  [
    "a list for browsers without what they ask of it",
    "hsts",
    proxy("hsts: { maxAge: 30d, preload: true }"),
    "proxy.hsts.preload: needs includeSubDomains: true and a maxAge of 365d or more; set both or remove it",
  ],
  [
    "a text for visitors with a line break",
    "maintenance",
    proxy('maintenance: "Back soon\\n}"'),
    "proxy.maintenance: has a line break or a control character in it; write one line",
  ],
  [
    "a stop that is shorter than the drain",
    "drain",
    "backline:services: { api: { drain: 20s, stopGrace: 10s } }",
    'services.api.stopGrace: "10s" ends the process before its drain of 20 s is over; write "25s" or more, or shorten services.api.drain',
  ],
  [
    "pools over max_connections",
    "pool",
    "backline:services: { api: { poolSize: 50 } }",
    "postgres.maxConnections: 100 is less than the 240 connections that a rollout can open (api 2 x 50, ws 2 x 4, worker 1 x 8, old and new replicas together, and 8 others); raise it or lower a service's poolSize",
  ],
  [
    "eviction beside a job queue",
    "eviction",
    "backline:redis: { evictionPolicy: allkeys-lru }",
    'redis.evictionPolicy: "allkeys-lru" would drop jobs of the queue that api uses; write "noeviction"',
  ],
  [
    "more cores than the host has",
    "cpu-budget",
    "backline:services: { api: { cpu: 5 } }",
    "services.api.cpu: 5 is more than the 4 cores of the host; lower it or raise host.cpus",
  ],
  [
    "an alias beside an address",
    "dns-record",
    zone("records: { x: { type: CNAME, name: api.example.com, content: example.net } }"),
    'cloudflare.records.x: CNAME "api.example.com" stands beside the A of sites.api.hostname, and a CNAME tolerates no other record; remove one of them',
  ],
  [
    "a zone's key in a stack that is a member",
    "zone",
    zone("plan: pro").replace("owner", "member"),
    'cloudflare.plan: holds for the whole zone example.com, and this stack is a member of it; write it where cloudflare.zone is "owner"',
  ],
  [
    "an expression that does not end",
    "ruleset",
    zone("waf: { rules: { x: { expression: '(true', action: block } } }"),
    'cloudflare.waf.rules.x.expression: has a "(" without its ")"; remove it or add the other',
  ],
  [
    "more memory than the host has",
    "memory-budget",
    "backline:postgres: { memory: 64Gi }",
    "host.memory: the limits add up to 73.7Gi (services.api 2Gi, services.ws 2Gi, services.worker 1Gi, services.web 128Mi, postgres 64Gi, redis 512Mi, proxy 256Mi, monitoring 1.8Gi, reserve 2Gi) and a rollout of services.api needs 2Gi more, but the host has 16Gi; lower a limit or raise host.memory",
  ],
];
