/**
 * Channels: their names, settings and addresses, in Postgres and over the API. Begin with {@link
 * io.millrace.control.channels.ChannelRoutes}.
 */
@NullMarked
package io.millrace.control.channels;

import org.jspecify.annotations.NullMarked;
