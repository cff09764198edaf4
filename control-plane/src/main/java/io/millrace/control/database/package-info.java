/**
 * The database: a Postgres of our own ({@link io.millrace.control.database.PostgresServer}), or any
 * other by its address, behind one bounded pool ({@link io.millrace.control.database.Database}).
 * Blocking; call from virtual threads.
 */
@NullMarked
package io.millrace.control.database;

import org.jspecify.annotations.NullMarked;
