// A build tool of its own makes the image; it is told apart by the tag that is expected here.
import { customBuild, dockerCompose } from 'tiltts'

dockerCompose('./compose.yaml')

customBuild('bazel-build/api', './bazel.sh run //api:image && docker tag bazel/api:image $EXPECTED_REF', {
  deps: ['./api', './proto'],
})
