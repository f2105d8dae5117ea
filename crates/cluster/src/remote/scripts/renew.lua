-- Makes leases last. KEYS: the leases. ARGV: the time to live in ms, then the epoch of each.
local renewed = {}
for i, key in ipairs(KEYS) do
    if redis.call('GET', key) == ARGV[i + 1] then
        renewed[i] = redis.call('PEXPIRE', key, ARGV[1])
    else
        renewed[i] = 0
    end
end
return renewed
