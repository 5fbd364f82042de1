/** Series that every part made by `makeService` has in its `/metrics`. */
export const serviceSeries = [
  'http_request_duration_seconds_sum',
  'http_request_duration_seconds_count',
  'http_requests_rate_limited_total',
]

/** Series of `poolMetrics`. */
export const poolSeries = ['db_pool_connections', 'db_pool_idle', 'db_pool_waiting', 'db_pool_used_ratio']
