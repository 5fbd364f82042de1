/** What the files of one folder may import. Rooms are folders or files; packages match with their subpaths. */
export interface Room {
  /** Folder, relative to the project; the longest match decides. */
  folder: string
  /** Rooms (or single files) that may be imported, beside the room itself; `*` = anything. */
  rooms: string[]
  /** The same for `import type` only. */
  types?: string[]
  packages: string[]
  /** May import `node:*`. */
  node: boolean
}

/** The table "Rooms" of ARCHITECTURE.md: who may import whom. */
export const rooms: Room[] = [
  { folder: 'model', rooms: [], packages: ['zod'], node: false },
  // Bundled for k6: metric names and the names of failures are the only values that both sides share.
  {
    folder: 'scenarios',
    rooms: ['model/window.ts', 'model/k6-errors.ts'],
    types: ['model'],
    packages: ['k6'],
    node: false,
  },
  {
    folder: 'systems',
    rooms: ['model'],
    packages: ['hono', '@hono/node-server', '@nats-io/jetstream', '@nats-io/transport-node', 'pg', 'prom-client', 'ws'],
    node: true,
  },
  { folder: 'chaos/faults', rooms: ['model', 'chaos/mesh'], packages: ['zod'], node: false },
  { folder: 'chaos/mesh', rooms: ['model', 'chaos/crds'], packages: [], node: false },
  {
    folder: 'chaos/drivers/kube',
    rooms: [
      ...['model', 'chaos/crds', 'chaos/mesh', 'chaos/drivers/wait.ts'],
      ...['chaos/drivers/forward-proxies.ts', 'chaos/drivers/production.ts'],
    ],
    packages: ['@kubernetes/client-node'],
    node: true,
  },
  {
    folder: 'chaos/drivers',
    rooms: ['model', 'chaos/crds', 'chaos/mesh', 'chaos/drivers/kube'],
    packages: [],
    node: true,
  },
  { folder: 'chaos/crds', rooms: [], packages: [], node: false },
  { folder: 'gamedays', rooms: ['model', 'systems', 'chaos/faults'], packages: [], node: false },
  {
    folder: 'plan',
    rooms: ['model', 'systems', 'chaos/faults', 'chaos/mesh', 'chaos/crds', 'build', 'verdict'],
    packages: ['yaml', 'zod'],
    node: true,
  },
  { folder: 'build', rooms: ['model'], packages: ['esbuild', 'zod'], node: true },
  // What a run asks of its own samples are the judge's questions, so it asks with the judge's own proofs.
  {
    folder: 'run',
    rooms: ['model', 'chaos', 'build', 'verdict'],
    packages: ['testcontainers', 'dockerode'],
    node: true,
  },
  { folder: 'verdict', rooms: ['model'], packages: [], node: false },
  { folder: 'reports', rooms: ['model'], packages: ['@observablehq/plot', 'jsdom'], node: false },
  { folder: 'docs', rooms: ['model', 'plan/openslo.ts'], packages: ['zod'], node: true },
  // Runs before there are packages.
  { folder: 'bootstrap', rooms: [], packages: [], node: true },
  { folder: 'scripts', rooms: ['*'], packages: ['*'], node: true },
  { folder: 'test', rooms: ['*'], packages: ['*'], node: true },
]

/** Added to a room's own allowances for its `*.test.ts`, which may also use any part of their own top folder. */
export const testFileRoom = { rooms: ['test/fixtures'], packages: ['vitest', 'fast-check'], node: true }
