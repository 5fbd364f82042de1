// The bundler looks for it here, beside the planted system's scenarios.
export { declare } from '../../../../../scenarios/lib/declare.ts'
