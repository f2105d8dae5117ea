-- Takes a lease. KEYS: the lease, the newest epoch of all. ARGV: the time to live in ms.
-- The epoch follows the clock where that is ahead, so that it grows even if Redis lost its data.
if redis.call('EXISTS', KEYS[1]) == 1 then
    return false
end
local time = redis.call('TIME')
local clock = time[1] * 1000000 + time[2]
local epoch = math.max(tonumber(redis.call('GET', KEYS[2]) or 0) + 1, clock)
local text = string.format('%.0f', epoch)
redis.call('SET', KEYS[2], text)
redis.call('SET', KEYS[1], text, 'PX', ARGV[1])
return epoch
