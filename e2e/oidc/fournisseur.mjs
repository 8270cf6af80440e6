// Un vrai fournisseur d'identité (oidc-provider) sur la boucle locale, pour les essais de la connexion.
//
//   node fournisseur.mjs '{"retour": "https://…", "client_id": "…", "secret": "…", "comptes": {"nom": ["groupe"]}}'
//
// Écrit {"emetteur": "http://127.0.0.1:PORT"} quand il est prêt, et s'arrête quand son entrée se ferme. Ses pages
// de connexion acceptent tout compte connu, quel que soit le mot de passe.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const { retour, client_id, secret, comptes } = JSON.parse(process.argv[2]);

const serveur = createServer();
await new Promise((pret) => serveur.listen(0, '127.0.0.1', pret));
const emetteur = `http://127.0.0.1:${serveur.address().port}`;

const fournisseur = new Provider(emetteur, {
  clients: [{ client_id, client_secret: secret, redirect_uris: [retour], grant_types: ['authorization_code'] }],
  scopes: ['openid', 'profile', 'groupes'],
  claims: { openid: ['sub'], profile: ['preferred_username'], groupes: ['groupes'] },
  pkce: { required: () => true },
  cookies: { keys: ['essais'] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: `sujet-${id}`, preferred_username: id, groupes: comptes[id] ?? [] }),
  }),
});
serveur.on('request', fournisseur.callback());
console.log(JSON.stringify({ emetteur }));
process.stdin.resume().on('end', () => process.exit(0));
