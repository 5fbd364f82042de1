/** Images that the containers environment starts. `node` is the base of the stand-ins' own image. */
export const imageNames = ['postgres', 'nats', 'toxiproxy', 'node'] as const
export type ImageName = (typeof imageNames)[number]

/**
 * The public images: the tag says the version to people, the digest (of the index for all platforms) is what
 * the engine takes. To move one: change both, run `npm run test:containers` with the image, and say it in the changelog.
 */
const pinned: Record<ImageName, string> = {
  postgres: 'postgres:18.4-bookworm@sha256:1961f96e6029a02c3812d7cb329a3b03a3ac2bb067058dec17b0f5596aca9296',
  nats: 'nats:2.15.0@sha256:cd3fcd4ecdda44e3a66728a5334af0a959bc3979b32810e033d1c547241cd0f4',
  toxiproxy: 'ghcr.io/shopify/toxiproxy:2.12.0@sha256:9378ed52a28bc50edc1350f936f518f31fa95f0d15917d6eb40b8e376d1a214e',
  node: 'node:24.20.0-bookworm-slim@sha256:ba849c60be29959425b8734d57b8b4b7d56f98edd9504c9af091d5281095a71e',
}

/** The variable that names another image, for a mirror or a machine without a registry: `HOLDFAST_IMAGE_POSTGRES`. */
export const imageVariable = (name: ImageName): string => `HOLDFAST_IMAGE_${name.toUpperCase()}`

/** What each image is called here: as the user's environment says, else as pinned. */
export const imagesOf = (userEnv: Record<string, string | undefined>): Record<ImageName, string> => {
  const named = (name: ImageName) => userEnv[imageVariable(name)] || pinned[name]
  return { postgres: named('postgres'), nats: named('nats'), toxiproxy: named('toxiproxy'), node: named('node') }
}
