-- Puts members into sets. KEYS: the set of each entry. ARGV: the time to live in ms, then the
-- member and the value of each entry. A member is a field of a hash: its end in ms, a blank, and
-- its value. With each new member, two others are looked at and removed if they have ended, so
-- that a set in use does not fill with dead ones; a set not in use expires as a whole.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ttl = tonumber(ARGV[1])
local ends = string.format('%.0f ', now + ttl)
for i, set in ipairs(KEYS) do
    local new = redis.call('HSET', set, ARGV[2 * i], ends .. ARGV[2 * i + 1])
    if redis.call('PTTL', set) < ttl then
        redis.call('PEXPIRE', set, ttl)
    end
    if new == 1 then
        local sample = redis.call('HRANDFIELD', set, 2, 'WITHVALUES')
        for j = 1, #sample, 2 do
            if tonumber(string.match(sample[j + 1], '^%d+')) <= now then
                redis.call('HDEL', set, sample[j])
            end
        end
    end
end
