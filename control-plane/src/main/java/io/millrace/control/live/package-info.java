/**
 * What is on air: put together in memory from the nodes' reports ({@link
 * io.millrace.control.live.LiveChannels}) and told to consoles as it changes ({@link
 * io.millrace.control.live.Events}).
 */
@NullMarked
package io.millrace.control.live;

import org.jspecify.annotations.NullMarked;
