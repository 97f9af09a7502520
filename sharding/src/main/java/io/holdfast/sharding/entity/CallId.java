package io.holdfast.sharding.entity;

/**
 * What names a call for ever: all its attempts carry it.
 *
 * @param session the caller's process, drawn at random
 * @param sequence its number there, from 1 on
 */
record CallId(long session, long sequence) {
    /** What stands for the call in the path of those that it causes: the two halves, mixed (Steele et al., OOPSLA 2014, figure 16), and in the last 16 bits whom it calls. */
    long mark(EntityId entity) {
        long mixed = session ^ (sequence * 0x9e3779b97f4a7c15L);
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return (mixed ^ (mixed >>> 31)) & ~0xFFFFL | Short.toUnsignedLong(entity.tag());
    }
}
