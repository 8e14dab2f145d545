import { serve } from '../shared/serve.mjs'

serve('Hello from api')
