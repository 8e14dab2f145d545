#!/usr/bin/env node
// In the repository this file is there before the bundle is, so that package managers can link the command.
import '../bundle/bin.js'
