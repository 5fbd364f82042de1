import { createHash } from 'node:crypto'
import { cpSync, createReadStream, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { runCommand } from '../command.ts'

export interface Image {
  /** `name:tag` */
  reference: string
  /** Path in the image to a file or folder of this machine. */
  files: Record<string, string>
  entrypoint: string[]
  env?: Record<string, string>
}

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Writes an image of one layer as `docker save` would. @returns path of the archive, in `folder` */
export const packImage = async ({ reference, files, entrypoint, env = {} }: Image, folder: string): Promise<string> => {
  const work = mkdtempSync(join(folder, 'image-'))
  try {
    const root = join(work, 'root')
    for (const name of ['tmp', 'etc', 'var', 'proc', 'dev', 'sys']) mkdirSync(join(root, name), { recursive: true })
    for (const [target, source] of Object.entries(files)) {
      mkdirSync(dirname(join(root, target)), { recursive: true })
      cpSync(source, join(root, target), { recursive: true, verbatimSymlinks: true })
    }
    await runCommand([
      'tar',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '-cf',
      join(work, 'layer.tar'),
      '-C',
      root,
      '.',
    ])
    const config = {
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: { Entrypoint: entrypoint, Env: Object.entries({ PATH: path, ...env }).map((pair) => pair.join('=')) },
      rootfs: { type: 'layers', diff_ids: [`sha256:${await sha256(join(work, 'layer.tar'))}`] },
      history: [],
    }
    const manifest = [{ Config: 'config.json', RepoTags: [reference], Layers: ['layer.tar'] }]
    writeFileSync(join(work, 'config.json'), JSON.stringify(config))
    writeFileSync(join(work, 'manifest.json'), JSON.stringify(manifest))
    const parts = ['manifest.json', 'config.json', 'layer.tar']
    await runCommand(['tar', '-cf', join(work, 'image.tar'), '-C', work, ...parts])
    const archive = join(folder, `${reference.replace(/[^\w.-]/g, '-')}.tar`)
    renameSync(join(work, 'image.tar'), archive)
    return archive
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const sha256 = async (file: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}
