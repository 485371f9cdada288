/** HTTP authentication, for the endpoints that ask for it and those that are asked: fields, and Digest on both sides. */
export { type AuthField, readAuthField } from './auth-fields.js';
export { DigestClient, DigestNonces, type DigestVerdict, digestChallenges, digestResponse, sameSecret } from './digest.js';
