-- Counts a hit. KEYS: the counter. ARGV: burst, microseconds per hit, cost.
-- The counter holds the theoretical arrival time; the sum is that of `rate_limiter::step`.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval = tonumber(ARGV[2])
local full = tonumber(ARGV[1]) * interval
local arrival = tonumber(redis.call('GET', KEYS[1]) or now)
local ahead = math.min(math.max(arrival - now, 0), full)
local asked = ahead + tonumber(ARGV[3]) * interval
if asked > full then
    return { 0, ahead }
end
if asked > ahead then
    local ends = string.format('%.0f', now + asked)
    redis.call('SET', KEYS[1], ends, 'PX', math.ceil(asked / 1000))
end
return { 1, asked }
