// The bundler looks for it here, beside the planted system's scenarios.
export { combine } from '../../../../../scenarios/lib/combine.ts'
