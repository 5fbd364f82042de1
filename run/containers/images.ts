import { imagesOf, imageVariable } from '../../build/images.ts'
import { HoldfastError, messageOf } from '../../model/errors.ts'
import type { ContainerSpec } from '../../model/system.ts'
import { type Engine, isThere, loadTestcontainers } from './engine.ts'
import { buildPartsImage, type ImagesOptions } from './parts-image.ts'

export type Images = Record<ContainerSpec['image'], string>

/**
 * Every image that a run needs is in the engine when this returns: pulled where it was missing, the parts' own built.
 * Quick when nothing is to be done.
 * @throws HoldfastError that names the image that cannot be had, and how to get it.
 */
export const prepareImages = async (engine: Engine, options: ImagesOptions): Promise<Images> => {
  const { layout, userEnv } = options
  const names = imagesOf(userEnv)
  const needed = new Set(layout.containers.map(({ image }) => image))
  const wanted = (['postgres', 'nats', 'toxiproxy'] as const).filter(
    (image) => image === 'toxiproxy' || needed.has(image),
  )
  for (const name of wanted) await haveImage(engine, names[name], imageVariable(name), options.onStep)
  const parts = needed.has('parts') ? await preparePartsImage(engine, options) : ''
  return { ...names, parts }
}

/** The image of the system's own parts alone, and what it stands on. */
export const preparePartsImage = async (engine: Engine, options: ImagesOptions): Promise<string> => {
  const { node } = imagesOf(options.userEnv)
  await haveImage(engine, node, imageVariable('node'), options.onStep)
  return buildPartsImage(engine, node, options)
}

const haveImage = async (
  { docker }: Engine,
  image: string,
  variable: string,
  onStep: ImagesOptions['onStep'],
): Promise<void> => {
  const { ImageName, getContainerRuntimeClient } = await loadTestcontainers()
  const name = ImageName.fromString(image)
  if (await isThere(docker, name.string)) return
  onStep?.(`pulling ${name.string}`)
  let why = 'the registry has no such image'
  try {
    // With the credentials of `docker login`, which testcontainers knows to find.
    await (await getContainerRuntimeClient()).image.pull(name)
  } catch (error) {
    why = messageOf(error)
  }
  if (await isThere(docker, name.string)) return
  throw new HoldfastError(`the image ${name.string} is not here and cannot be pulled: ${why}`, {
    hint: `Name another one in ${variable}; without a registry \`eval "$(test/images/build.sh)"\` makes and names all of them.`,
  })
}
